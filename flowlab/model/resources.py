"""What a task claims while it runs."""

import msgspec


class Resources(msgspec.Struct, frozen=True, array_like=True):
    """What a task claims of one host while it runs.

    cpus     slots of one host; an engine is one slot
    amounts  further resources by name, such as `memory` in bytes or `gpus`
    limits   names of counters that tasks share
    """

    cpus: int = 1
    amounts: tuple[tuple[str, float], ...] = ()
    limits: tuple[str, ...] = ()


ONE_CPU = Resources()
