"""`PyMW_Master`: submits functions and scripts, and gives their results as they come."""

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Self

import cloudpickle

from flowlab.compat.pymw.code import wrap_function, wrap_script
from flowlab.compat.pymw.errors import InterfaceException, TaskException
from flowlab.compat.pymw.task import PyMW_Task
from flowlab.errors import FlowlabError, SessionError
from flowlab.graph.nodes import Task
from flowlab.model.bundles import FILES
from flowlab.model.limits import INLINE_OBJECT
from flowlab.session.client import Client
from flowlab.session.records import ENDED
from flowlab.session.session import Session
from flowlab.staging.bundle import Bundle, Member, pack_bundle
from flowlab.staging.modules import is_local
from flowlab.tasks.code import name_of
from flowlab.tasks.modules import modules as bundle_modules
from flowlab.tasks.objects import pickled
from flowlab.tasks.python import RemoteFunction

Function = Callable[..., Any]


class PyMW_Master:  # noqa: N801 - PyMW's name
    """Tasks on flowlab's engines.

    interface, scheduler_func  are PyMW's; flowlab's engines and scheduler take their place
    loglevel, delete_files     mean nothing here: there are no files to keep, and a journal of all
    client                     a flowlab client; one with local engines when there is none
    """

    def __init__(
        self,
        interface: object = None,
        loglevel: object = None,
        delete_files: bool = True,
        scheduler_func: object = None,
        *,
        client: Client | None = None,
    ) -> None:
        if interface is not None or scheduler_func is not None:
            raise InterfaceException(
                "flowlab starts and schedules its own engines: leave interface and scheduler_func "
                "out, and say which engines by client=, as in PyMW_Master(client=flowlab.Client(4))"
            )
        self._own = client is None
        self._client = client if client is not None else Client()
        self._session: Session = self._client.new_session("PyMW", on_error="continue")
        self._tasks: list[PyMW_Task] = []
        self._untaken: dict[PyMW_Task, None] = {}
        self._ended: dict[PyMW_Task, None] = {}  # of these, those that are known to have ended
        self._functions: dict[Any, RemoteFunction] = {}

    # size: PyMW's arguments, in its order
    def submit_task(  # noqa: PLR0917 - see above
        self,
        executable: Function | str,
        input_data: Iterable[Any] | None = None,
        modules: Sequence[str] = (),
        dep_funcs: Sequence[Function] = (),
        data_files: Sequence[str | os.PathLike[str]] = (),
        input_from_file: bool = False,
    ) -> PyMW_Task:
        """Submit a call of a function, or a run of a Python script.

        input_data  arguments of the call; for a script, what it unpickles from sys.argv[1]
        modules     what the function imports by name; the local ones travel
        dep_funcs   functions that it calls by name
        data_files  lie in the task's working directory, by their last names
        """
        if input_from_file:
            raise TaskException(
                "input_from_file is not supported: give the files by data_files, and open them"
            )
        if not callable(executable) and not isinstance(executable, str):
            raise TaskException(
                f"Executable must be a filename or function, not {type(executable).__name__}"
            )
        shown = Path(executable).name if isinstance(executable, str) else name_of(executable)
        name = f"{shown}_{len(self._tasks)}"
        if isinstance(executable, str) and not os.path.isfile(executable):
            gone = TaskException(f"there is no script {executable!r} in {os.getcwd()!r}")
            return self._enter(PyMW_Task(name, None, gone))
        asked = [modules] if isinstance(modules, str) else list(modules)
        bundles = _bundles(executable, asked, data_files)
        remote = self._remote(executable, tuple(dep_funcs), tuple(asked))
        task = remote(self._given(input_data), bundle=bundles, name=name, session=self._session)
        task.output.keep()
        self._session.submit()
        return self._enter(PyMW_Task(name, task))

    def get_result(
        self, task: PyMW_Task | list[PyMW_Task] | None = None, blocking: bool = True
    ) -> tuple[PyMW_Task | None, Any]:
        """A task that has ended, and its value; raises its error. Each result can be taken once.

        task      this one, or any of a list; without it any that was submitted
        blocking  wait for it; otherwise (None, None) when there is none yet
        """
        wanted = self._wanted(task)
        found = self._next(wanted, blocking=blocking)
        if found is None:
            return None, None
        del self._untaken[found], self._ended[found]
        return found, found.take()

    def get_progress(self, task: PyMW_Task | list[PyMW_Task] | None = None) -> list[float]:
        """Of each of these, 1.0 when it has finished, else 0.0."""
        return [one.get_progress() for one in self._checked(task)]

    def get_status(self) -> dict[str, Any]:
        """How many engines there are and work, and all tasks; `interface_status` when none can."""
        status: dict[str, Any] = {"tasks": list(self._tasks)}
        try:
            governors = self._client.get_server_info()["governors"]
        except FlowlabError:
            return {"interface_status": "error", **status}
        assert isinstance(governors, list)
        busy = [one for one in governors if one["tasks"]]
        return {
            "num_total_workers": len(governors), "num_active_workers": len(busy), **status,
        }  # fmt: skip

    def close(self) -> None:
        """End its tasks, and the engines that are its own."""
        self._session.close()
        if self._own:
            self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    # --- submitting

    def _enter(self, task: PyMW_Task) -> PyMW_Task:
        self._tasks.append(task)
        self._untaken[task] = None
        if task.task is None:
            self._ended[task] = None
        return task

    def _remote(
        self, executable: Function | str, helpers: tuple[Function, ...], modules: tuple[str, ...]
    ) -> RemoteFunction:
        """What declares the tasks of a function or script; each is pickled once."""
        key = (executable, helpers, modules)
        if key not in self._functions:
            self._functions[key] = (
                wrap_script(Path(executable).name, self._session)
                if isinstance(executable, str)
                else wrap_function(executable, helpers, modules, self._session)
            )
        return self._functions[key]

    def _given(self, input_data: Iterable[Any] | None) -> Any:
        """The input: small as it is, large as an object."""
        given = () if input_data is None else input_data
        given = given if isinstance(given, tuple | list) else tuple(given)
        is_small = len(cloudpickle.dumps(given)) <= INLINE_OBJECT
        return given if is_small else pickled(given, "input", session=self._session)

    # --- waiting

    def _checked(self, task: PyMW_Task | list[PyMW_Task] | None) -> list[PyMW_Task]:
        """Tasks of this master; all for none."""
        if not self._tasks:
            raise TaskException("No tasks have been submitted")
        if task is None or task == []:
            return list(self._tasks)
        listed = task if isinstance(task, list) else [task]
        for one in listed:
            if not isinstance(one, PyMW_Task):
                raise TaskException(
                    f"Function requires either a task, a list of tasks, or None, not {one!r}"
                )
        known = set(self._tasks)
        strange = next((one for one in listed if one not in known), None)
        if strange is not None:
            raise TaskException(f"Task {strange} has not been submitted to this master")
        return listed

    def _wanted(self, task: PyMW_Task | list[PyMW_Task] | None) -> list[PyMW_Task]:
        """Those of them whose results were not taken."""
        if task is None and self._ended:  # all that could be asked is known
            return [next(iter(self._ended))]
        wanted = [one for one in self._checked(task) if one in self._untaken]
        if not wanted:
            raise TaskException("each result can be taken once, and these were taken already")
        return wanted

    def _next(self, wanted: list[PyMW_Task], *, blocking: bool) -> PyMW_Task | None:
        """The first of these that has ended."""
        found = next((one for one in wanted if one in self._ended), None)
        if found is None:
            found = self._look(wanted)
        if found is not None or not blocking:
            return found
        tasks = [one.task for one in wanted if one.task is not None]
        try:
            self._session.wait_some(tasks)
        except SessionError:
            if (found := self._look(wanted)) is None:
                raise
            return found  # it failed: its error is for who takes its result
        return self._look(wanted)

    def _look(self, wanted: list[PyMW_Task]) -> PyMW_Task | None:
        """Note which of these have ended; gives the first."""
        tasks: list[Task] = [one.task for one in wanted if one.task is not None]
        self._session.update(tasks)
        ended = [one for one in wanted if one.task is not None and one.task.state in ENDED]
        self._ended.update(dict.fromkeys(ended))
        return ended[0] if ended else None


def _bundles(
    executable: Function | str, modules: Sequence[str], data_files: Sequence[Any]
) -> list[Bundle]:
    """What travels with a task: its files, flat as in PyMW, and its local modules."""
    files: dict[str, Path] = {}
    listed = [data_files] if isinstance(data_files, str | os.PathLike) else list(data_files)
    for file in [*listed, *([executable] if isinstance(executable, str) else [])]:
        path = Path(os.path.abspath(file))
        if files.setdefault(path.name, path) != path:
            raise TaskException(
                f"two data files are called {path.name!r}: {str(files[path.name])!r} and "
                f"{str(path)!r}; both would be the same file to the task"
            )
    found = []
    if files:
        members = [Member(name, path) for name, path in files.items()]
        found.append(pack_bundle(FILES, members))
    if local := [name for name in modules if is_local(name)]:
        found.append(bundle_modules(*local))
    return found
