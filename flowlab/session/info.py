"""`task.info`: what is known of a task that ended. Fixed, but for `debug`, which may grow.

After Rain's user guide, "Attributes 'spec' and 'info'".
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flowlab.errors import UsageError
from flowlab.model.attributes import NO_USER, as_json
from flowlab.model.ids import EngineId

Append = Callable[[str], None]


def _refuse(_text: str) -> None:
    raise UsageError("this info belongs to no session any longer: its debug text is fixed, too")


@dataclass
class TaskInfo:
    """What is known of a task that ended; times in s since the epoch, by its engine's clock.

    engine  where it ran; `governor` to Rain's users
    error   why it failed, with the lines of its code; empty when it did not
    debug   what it said by `ctx.debug`; `info.debug += "…"` adds to it for good
    append  tells the session what was added
    """

    began: float = 0.0
    ended: float = 0.0
    engine: EngineId | None = None
    error: str = ""
    debug: str = ""
    user: dict[str, Any] = field(default_factory=lambda: NO_USER)
    append: Append = field(default=_refuse, repr=False, compare=False)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.__dict__ or name not in self.__dataclass_fields__:
            self._grow(name, value)
        object.__setattr__(self, name, value)

    def _grow(self, name: str, value: Any) -> None:
        if name != "debug":
            raise UsageError(f"info.{name} is fixed since the task ended; `debug` alone may grow")
        if not isinstance(value, str) or not value.startswith(self.debug):
            raise UsageError("info.debug may be appended to, not changed: info.debug += 'text'")
        if value != self.debug:
            self.append(value[len(self.debug) :])

    @property
    def duration(self) -> float | None:
        """Seconds that it ran, to the millisecond; None when it never did."""
        return round(self.ended - self.began, 3) if self.began else None

    @property
    def governor(self) -> EngineId | None:
        """Rain's word for the engine."""
        return self.engine

    @property
    def start_time(self) -> str | None:
        """When it began, after RFC 3339; None when it never did."""
        if not self.began:
            return None
        began = datetime.fromtimestamp(self.began, UTC)
        return began.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def to_json(self) -> dict[str, Any]:
        """As JSON, without what is None or empty."""
        names = ("error", "start_time", "duration", "governor", "debug", "user")
        return as_json({name: getattr(self, name) for name in names})
