"""A flight: the jobs of one `_schedule_jobs`, from their declaration to what came of them."""

import logging
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

from flowlab.compat.by_value import by_value
from flowlab.compat.lofar.lofarexceptions import PipelineQuit
from flowlab.errors import FlowlabError, SessionError
from flowlab.graph.nodes import Task
from flowlab.session.records import ENDED, FINISHED
from flowlab.session.session import Session
from flowlab.tasks.jobfolder import JobFolder
from flowlab.tasks.node import FILES, JOB, OUTPUTS, declare_node
from flowlab.tasks.script import Script

_FAILED = 1  # the return code of a job that has none of its own


class Job(Protocol):
    """What a flight needs of a job."""

    host: str | int
    command: str
    arguments: list[Any]
    results: dict[str, Any]

    @property
    def where(self) -> str | int: ...
    @property
    def cpus(self) -> int: ...
    def read(self) -> tuple[list[str], Script | None]: ...


Logger = logging.Logger | logging.LoggerAdapter[logging.Logger]


class Flight:
    """Jobs that run at the same time.

    folder  of the job directory, or None
    homes   modules whose classes travel whole, for no host has them
    """

    def __init__(
        self,
        session: Session,
        logger: Logger,
        error: threading.Event,
        folder: JobFolder | None = None,
        homes: Iterable[str] = (),
    ) -> None:
        self._session = session
        self._logger = logger
        self._error = error
        self._folder = folder
        self._homes = set(homes)
        self._tasks: dict[Task, int] = {}
        self._left: dict[int, Job] = {}  # those of which nothing is known yet

    def run(self, jobs: Sequence[Job], max_per_node: int | None) -> None:
        """Run them all, wait for them, and put into each what came of it.

        When one cannot be declared, none runs. Raises PipelineQuit when that is interrupted: what
        runs is killed.
        """
        self._left = dict(enumerate(jobs))
        try:
            self._start(max_per_node)
            self._wait_for_all()
        except KeyboardInterrupt:
            self._logger.warning("Processing interrupted: shutting down")
            self._kill()
            raise PipelineQuit(
                f"interrupted: {len(self._left)} of {len(jobs)} jobs did not end by themselves"
            ) from None
        except BaseException:
            with suppress(SessionError):  # its session has ended, and they with it
                self._session.cancel(self._pending())
            raise
        finally:
            for job in self._left.values():
                self._fail(job)
            self._bring_files()
            self._let_go()
            self._session.logger.drain()  # what the jobs logged is there for who looks for it

    def _start(self, max_per_node: int | None) -> None:
        """Declare and submit them all, or none."""
        jobs = self._left
        try:
            if any(job.where != "any" for job in jobs.values()):
                self._session.hosts()  # all are known from here on; who names another is told so
            limit = None
            if max_per_node is not None:
                limit = f"max_per_node={max_per_node}"
                self._session.limit(limit, max_per_node, per_host=True)
            with by_value(self._homes):
                for number, job in jobs.items():
                    self._tasks[self._declare(job, limit)] = number
            self._session.submit(self._tasks)
        except BaseException as error:
            for task in self._tasks:
                self._session.discard(task)
            self._tasks.clear()
            if not isinstance(error, KeyboardInterrupt):
                self._left = {}  # they were refused, and did not fail
            raise

    def _declare(self, job: Job, limit: str | None) -> Task:
        words, script = job.read()
        task = declare_node(
            words,
            script,
            job.arguments,
            name=script.name if script is not None else words[0],
            folder=self._folder,
            large=True,
            where=job.where,
            limit=limit,
            cpus=job.cpus,
            session=self._session,
        )
        task.keep_outputs()
        return task

    def _pending(self) -> list[Task]:
        return [task for task, number in self._tasks.items() if number in self._left]

    def _wait_for_all(self) -> None:
        while pending := self._pending():
            self._wait(pending)
            for task in pending:
                if task.state in ENDED:
                    self._take(task)

    def _wait(self, tasks: Sequence[Task]) -> None:
        """Until one of these has ended, however."""
        try:
            self._session.wait_some(tasks)
        except SessionError:
            if self._session.state != "open":
                raise
        self._session.update(tasks)

    def _kill(self) -> None:
        """Stop those that run, and wait until they have ended; who did it in time is taken."""
        pending = self._pending()
        self._session.cancel(pending)
        for task in pending:
            with suppress(SessionError):  # it was cancelled
                task.wait()
                self._take(task)

    def _take(self, task: Task) -> None:
        """What came of one that ended."""
        number = self._tasks[task]
        job = self._left[number]
        try:
            task.wait()
            told = task.outputs[JOB].fetch().load()
        except FlowlabError as why:
            self._fail(job)
            self._say("Failed to run remote process %s (%s)", job.command, why)
        else:
            job.results.update(self._outputs_of(task, job))
            self._tell(job, told)
        del self._left[number]

    def _tell(self, job: Job, told: Mapping[str, Any]) -> None:
        """Last, what the script cannot say in our stead."""
        status, host = told["returncode"], told["host"]
        job.results.update(
            returncode=status, job_duration=str(told["duration"]),
            usage=told["usage"], host=host, engine=told["engine"],
        )  # fmt: skip
        if status != 0:
            words = "Remote process %s %s failed on %s (status: %d)"
            self._say(words, job.command, job.arguments, host, status)

    def _outputs_of(self, task: Task, job: Job) -> dict[str, Any]:
        try:
            return dict(task.outputs[OUTPUTS].fetch().load())
        except Exception as error:  # noqa: BLE001 - unpickling runs what the script has sent
            self._say("the outputs of %s cannot be read: %s", job.command, error)
            return {}

    def _fail(self, job: Job) -> None:
        job.results["returncode"] = _FAILED
        self._error.set()

    def _say(self, words: str, *values: object) -> None:
        """An error, behind what the jobs have logged so far."""
        self._error.set()
        self._session.logger.drain()
        self._logger.error(words, *values)

    def _bring_files(self) -> None:
        """Only now: a file may not change while a job is still to read it."""
        if self._folder is None or self._session.state != "open":
            return
        for task in self._tasks:
            if FILES not in task.outputs.labels() or task.state != FINISHED:
                continue
            try:
                self._folder.write(task.outputs[FILES].fetch())
            except FlowlabError as error:
                self._say("the files of %s cannot be written: %s", task.name, error)

    def _let_go(self) -> None:
        """What they made was taken, and need not stay."""
        kept = [output for task in self._tasks for output in task.outputs if output.kept]
        with suppress(SessionError):  # it has ended, and all with it
            self._session.unkeep(kept)
