"""What a task claims while it runs, and where it may."""

from collections.abc import Iterable

import msgspec

Where = tuple[int | str, ...]


class Resources(msgspec.Struct, frozen=True, array_like=True):
    """What a task claims of one host while it runs.

    cpus     slots of one host; an engine is one slot
    amounts  further resources by name, such as `memory` in bytes or `gpus`
    limits   names of its session's limits that it counts for
    where    engines by number and hosts by name that may run it; empty: all
    alone    no other task is in its batch: it may wait for what others do
    """

    cpus: int = 1
    amounts: tuple[tuple[str, float], ...] = ()
    limits: tuple[str, ...] = ()
    where: Where = ()
    alone: bool = False


ONE_CPU = Resources()


def is_there(where: Where, engine: int, host: str) -> bool:
    """Whether an engine, of a host of this name, is one of those; all are when none is named."""
    return not where or engine in where or host in where


def describe_hosts(engines: Iterable[tuple[int, str]]) -> str:
    """Hosts by name with their engines, for people: `a (engines 0, 1), b (engine 2)`."""
    hosts: dict[str, list[int]] = {}
    for engine, name in sorted(engines):
        hosts.setdefault(name, []).append(engine)
    if not hosts:
        return "none"
    return ", ".join(
        f"{name} (engine{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))})"
        for name, numbers in sorted(hosts.items())
    )
