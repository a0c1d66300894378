"""`Future`: one output of a submitted task, or something that was uploaded.

It is an edge of the graph when it is given to another task: nothing is brought here for that.
"""

import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from typing import Any

from flowlab.compat.crossflow.errors import ERROR, XflowError, unpack_error
from flowlab.compat.crossflow.forms import value_of
from flowlab.errors import SessionError, TaskError
from flowlab.graph.nodes import DataObject, Task

_TURN = 0.01  # s between looks, where the time to wait is limited
_ENDED = frozenset({"finished", "failed", "skipped", "cancelled"})
_STATUS = {"finished": "finished", "failed": "error", "skipped": "error", "cancelled": "cancelled"}


class Future:
    """What will come of a task.

    object  as flowlab knows it: it may be given to flowlab's own tasks, too
    """

    def __init__(self, made: DataObject) -> None:
        self.object = made

    @property
    def status(self) -> str:
        """`pending`, `finished`, `error` or `cancelled`, in dask's words."""
        return _STATUS.get(self._state(), "pending")

    def done(self) -> bool:
        """Whether it has ended, well or badly."""
        return self._state() in _ENDED

    def cancelled(self) -> bool:
        """Whether it was cancelled."""
        return self._state() == "cancelled"

    def cancel(self) -> None:
        """Stop its task; what depends on it will fail."""
        if self.object.task is not None and not self.done():
            self.object.owner.cancel([self.object.task])  # type: ignore[attr-defined] # a Session

    def result(self, timeout: float | None = None) -> Any:
        """Wait for it; its value: a handle, a list of handles, or what a function gave.

        timeout  s to wait at most, or TimeoutError is raised
        Raises the task's own exception when it failed: a CalledProcessError of a command.
        """
        self._wait(timeout)
        try:
            return value_of(self.object.fetch())
        except TaskError as error:
            raise self._failure(error) from error

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """Wait for it; why it failed, or None. Raises CancelledError when it was cancelled."""
        self._wait(timeout)
        try:
            self.object.wait()
        except TaskError as error:
            failure = self._failure(error)
            if isinstance(failure, CancelledError):
                raise failure from error
            return failure
        return None

    def __repr__(self) -> str:
        return f"<Future {self.object!r}>"

    def __reduce__(self) -> Any:
        raise TypeError(
            f"{self!r} has no value here; give it to a task as an argument, or its .result()"
        )

    def _state(self) -> str:
        task = self.object.task
        if task is None:
            return "finished"
        try:
            task.update()
        except SessionError:  # closed, and all that was under way in it is gone
            return task.state if task.state in _ENDED else "cancelled"
        return str(task.state)

    def _wait(self, timeout: float | None) -> None:
        """Wait until it has ended; without a limit, whoever asks for more waits anyway."""
        if timeout is None:
            return
        end = time.monotonic() + timeout
        while not self.done():
            if time.monotonic() >= end:
                raise TimeoutError(f"{self!r} is not done after {timeout} s")
            time.sleep(min(_TURN, max(0.0, end - time.monotonic())))

    def _failure(self, error: TaskError) -> BaseException:
        """What the task raised, as itself if that could travel; or the one that it waited for."""
        assert self.object.task is not None
        blamed = _blamed(self.object.task)
        if blamed.state == "cancelled":
            return CancelledError(str(error))
        own = unpack_error(blamed.info.user.get(ERROR)) if blamed.info is not None else None
        return own or XflowError(str(error), error.task, error.traceback)


def gathered(value: Any, *, skip: bool) -> Any:
    """The same with the values of futures in their places; `skip` leaves out what failed."""
    if isinstance(value, Future):
        return value.result()
    if isinstance(value, dict):
        kept = {key: each for key, each in value.items() if not (skip and _is_bad(each))}
        return {key: gathered(each, skip=skip) for key, each in kept.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = [each for each in value if not (skip and _is_bad(each))]
        return type(value)(gathered(each, skip=skip) for each in items)
    return value


def futures_in(value: Any) -> Iterator[Future]:
    """The futures in lists, tuples, sets and dictionaries."""
    if isinstance(value, Future):
        yield value
    elif isinstance(value, dict | list | tuple | set | frozenset):
        for each in value.values() if isinstance(value, dict) else value:
            yield from futures_in(each)


def _is_bad(value: Any) -> bool:
    """Whether it is a future that failed; waits for it."""
    if not isinstance(value, Future):
        return False
    try:
        return value.exception() is not None
    except CancelledError:
        return True


def _blamed(task: Task) -> Task:
    """The task that failed first, of this one and those that it waited for."""
    seen: set[int] = set()
    waiting = [task]
    while waiting:
        one = waiting.pop()
        if one.task_id in seen:
            continue
        seen.add(one.task_id)
        one.update()
        if one.state in {"failed", "cancelled"}:
            return one
        waiting += [obj.task for obj in one.inputs if obj.task is not None]
    return task
