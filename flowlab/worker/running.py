"""`ctx.info`: what a running task knows of itself, and says about itself.

After Rain's user guide, "Attributes 'spec' and 'info'".
"""

import json
from dataclasses import dataclass, field
from typing import Any

from flowlab.errors import TaskError, UsageError
from flowlab.model.ids import EngineId
from flowlab.model.limits import DEBUG_TEXT
from flowlab.worker.failure import bounded


@dataclass(slots=True)
class RunningInfo:
    """Of one task, while it runs.

    governor  the engine that runs it
    user      what the task says about itself, JSON
    error     set by the task: when it is not empty at the end, the task has failed with it
    said      the messages of `ctx.debug`
    """

    governor: EngineId
    user: dict[str, Any] = field(default_factory=dict)
    error: str | None = None
    said: list[str] = field(default_factory=list)

    @property
    def debug(self) -> str:
        """All that was said by `ctx.debug`, a line each."""
        return bounded("\n".join(self.said), DEBUG_TEXT) if self.said else ""

    def check_error(self) -> None:
        """Raise TaskError when the task has set an error."""
        if self.error:
            raise TaskError(str(self.error))

    def user_rows(self) -> dict[str, str]:
        """`user` as JSON; raises UsageError when that cannot be."""
        try:
            return {str(key): json.dumps(value) for key, value in self.user.items()}
        except (TypeError, ValueError) as error:
            raise UsageError(f"what a task says in `user` must be JSON: {error}") from None
