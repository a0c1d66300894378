"""Which engines there are, as far as the kernel was told; and what people hear of how they come."""

from collections.abc import Callable, Mapping

from flowlab.events.messages import (
    CapacityKnown,
    EngineJoined,
    EngineLost,
    EnginesUnavailable,
    Noticed,
)
from flowlab.model.ids import EngineId

RosterEvent = EngineJoined | EngineLost | CapacityKnown | EnginesUnavailable | Noticed


class Roster:
    """Folded from the stream, on the link's thread.

    engines      those that are linked, with what people call their hosts
    capacity     how many there will be, once known
    unavailable  why no engine can be had; empty when some can
    """

    def __init__(self, progress: Callable[[str], None] | None = None) -> None:
        self.engines: dict[EngineId, str] = {}
        self.capacity: CapacityKnown | None = None
        self.unavailable = ""
        self._say = progress or (lambda _text: None)

    def take(self, event: RosterEvent) -> None:
        """Take in what happened to them, and say it in a few words."""
        if isinstance(event, EngineJoined):
            self.unavailable = ""
            self.engines = {**self.engines, event.engine: event.name}  # others iterate meanwhile
            wanted = f" of {self.capacity.engines}" if self.capacity else ""
            self._say(f"{len(self.engines)}{wanted} engines are ready")
        elif isinstance(event, EngineLost):
            self.engines = {key: name for key, name in self.engines.items() if key != event.engine}
        elif isinstance(event, CapacityKnown):
            self.capacity = event
        elif isinstance(event, Noticed):
            self._say(event.text)
        else:
            self.unavailable = event.reason
            self._say(event.reason)

    def complete(self) -> bool:
        """Whether all engines that were asked for have come."""
        return self.capacity is not None and len(self.engines) >= self.capacity.engines > 0

    def hosts(self) -> Mapping[str, list[EngineId]]:
        """Hosts by name, with their engines."""
        found: dict[str, list[EngineId]] = {}
        for engine, name in sorted(self.engines.items()):
            found.setdefault(name, []).append(engine)
        return found
