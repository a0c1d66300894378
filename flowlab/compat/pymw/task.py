"""`PyMW_Task`: a task that was submitted, with its times and what it printed."""

import time
from typing import Any

from flowlab.graph.nodes import Task
from flowlab.session.records import BAD, ENDED, RUNNING


class PyMW_Task:  # noqa: N801 - PyMW's name
    """Made by `PyMW_Master.submit_task`.

    task    flowlab's own; None for one that could not be declared, and then there is an `error`
    stdout  what it printed, known once its result was taken; `stderr` likewise
    """

    TASK_SUBMITTED = "submitted"
    TASK_RUNNING = "running"
    TASK_ERROR = "error"
    TASK_FINISHED = "finished"

    def __init__(self, name: str, task: Task | None, error: Exception | None = None) -> None:
        self.name = name
        self.task = task
        self.error = error
        self.stdout = ""
        self.stderr = ""
        self._submitted = time.time()

    @property
    def _stdout(self) -> str:
        return self.stdout

    @property
    def _stderr(self) -> str:
        return self.stderr

    @property
    def state(self) -> str:
        """One of the four, as of now."""
        if self.task is None:
            return self.TASK_ERROR
        self._refresh()
        if self.task.state in BAD:
            return self.TASK_ERROR
        if self.task.state in ENDED:
            return self.TASK_FINISHED
        return self.TASK_RUNNING if self.task.state == RUNNING else self.TASK_SUBMITTED

    def get_total_time(self) -> float | None:
        """Seconds from its submit to its end; None while it has not ended."""
        if not self._has_ended():
            return None
        ended = self.task.info.ended if self.task is not None else 0.0
        return max(0.0, ended - self._submitted)  # clocks of two hosts may differ

    def get_execution_time(self) -> float | None:
        """Seconds that it ran; None while it has not ended."""
        if not self._has_ended():
            return None
        return (self.task.info.duration or 0.0) if self.task is not None else 0.0

    def get_progress(self) -> float:
        """1.0 when it has finished, else 0.0."""
        return 1.0 if self.state == self.TASK_FINISHED else 0.0

    def take(self) -> Any:
        """Its result, which is freed then; raises its error."""
        if self.error is not None:
            raise self.error
        assert self.task is not None
        try:
            value, self.stdout, self.stderr = self.task.output.fetch().load()
        except Exception as error:
            self.error = error
            self._refresh()
            said = self.task.info.user
            self.stdout, self.stderr = said.get("stdout", ""), said.get("stderr", "")
            raise
        self._refresh()
        self.task.output.unkeep()
        return value

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return self.name

    def _refresh(self) -> None:
        """Ask for its state, unless its end is known: that stays so when the session is closed."""
        if self.task is not None and not (self.task.info is not None and self.task.info.ended):
            self.task.update()

    def _has_ended(self) -> bool:
        return self.state in {self.TASK_ERROR, self.TASK_FINISHED}
