"""`BaseRecipe`: what runs on the master's side; its `go` schedules jobs.

Typed inputs, configuration files and recipes that resume are not built.
"""

import inspect
import os
from typing import Any

from flowlab.compat.lofar.errorflag import HasError
from flowlab.compat.lofar.flights import Logger
from flowlab.compat.lofar.sessions import session_of
from flowlab.errors import UsageError
from flowlab.session.session import Session

__all__ = ["BaseRecipe"]


class BaseRecipe(HasError):
    """Override `go`, and call the one here first.

    session        in which its jobs run; without it the active one
    inputs         whatever the recipe is given
    outputs        whatever it gives
    job_directory  files below it, which jobs name in their arguments, go to the host and come back
    """

    def __init__(self, session: Session | None = None) -> None:
        self.session = session
        self._logger: Logger | None = None
        self.inputs: dict[str, Any] = {}
        self.outputs: dict[str, Any] = {}
        self.job_directory: str | os.PathLike[str] | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return type(self).__name__

    @property
    def logger(self) -> Any:
        """The session's logger, which has the records of all jobs, with `searchpatterns`.

        One may put another logger in its place, for what the recipe itself logs.
        """
        return self._logger if self._logger is not None else session_of(self).logger

    @logger.setter
    def logger(self, logger: Logger | None) -> None:
        self._logger = logger

    @property
    def __file__(self) -> str:
        """The file of the recipe; UsageError for one that was written in a notebook."""
        try:
            file = inspect.getsourcefile(type(self))
        except (TypeError, OSError):
            file = None
        if file is None or not os.path.isfile(file):
            raise UsageError(
                f"the recipe {self.name!r} stands in no file: name the node script in the job's "
                "command, as in ComputeJob(host, 'python nodes/x.py')"
            )
        return os.path.abspath(file)

    def go(self) -> int | None:
        """Begin; what it gives is the recipe's exit status, and None stands for 0."""
        self.logger.info("recipe %s started", self.name)
        return None
