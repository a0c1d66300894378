"""One job: a call of a step's function, as a task of flowlab's and as Ruffus tells of it."""

import os
from dataclasses import dataclass, field

from flowlab.compat.by_value import by_value, local_homes
from flowlab.compat.ruffus.errors import JobError
from flowlab.compat.ruffus.names import names_in, renamed, shown, shown_extra
from flowlab.compat.ruffus.parameters import Parameters
from flowlab.compat.ruffus.site import Site
from flowlab.compat.ruffus.steps import Step
from flowlab.compat.ruffus.work import RAISED, Work
from flowlab.errors import FlowlabError
from flowlab.graph.nodes import Task
from flowlab.session.records import CANCELLED
from flowlab.session.session import Session
from flowlab.tasks.python import RemoteFunction


class Calls:
    """What declares a step's jobs as tasks; its function is pickled once a run."""

    def __init__(self, step: Step, session: Session) -> None:
        self._step = step
        self._session = session
        self._homes = local_homes([step.function])
        self._by_outputs: dict[int, RemoteFunction] = {}

    def declare(self, name: str, job: Parameters, site: Site) -> tuple[Task, dict[str, str]]:
        """A task that runs a job, and the names of what it makes: there -> here."""
        read = _by_place(names_in(job[0]) if job else [], site)
        made = _by_place(names_in(job[1]) if job else [], site)
        given = (*(renamed(each, site.inside) for each in job[:2]), *job[2:])
        objects = [site.object_of(each) for each in read.values()]
        limited = {"limit": self._step.limit[0]} if self._step.limit else {}
        with by_value(self._homes):  # what stands beside the function may be among its arguments
            task = self._remote(len(made))(
                tuple(read), tuple(made), given, *objects,
                outputs=list(made.values()), name=name, session=self._session, **limited,
            )  # fmt: skip
        task.keep_outputs()
        return task, made

    def _remote(self, outputs: int) -> RemoteFunction:
        """One for each number of outputs: a function declares how many it has."""
        if outputs not in self._by_outputs:
            self._by_outputs[outputs] = RemoteFunction(Work(self._step.function), outputs=outputs)
        return self._by_outputs[outputs]


@dataclass(eq=False)
class Job:
    """A call that is to be made.

    shown  what the log calls it
    name   its task's
    task   what runs it, once it was given out
    made   its outputs' names: in its working directory, and here
    """

    step: Step
    parameters: Parameters
    shown: str
    name: str
    task: Task | None = None
    made: dict[str, str] = field(default_factory=dict)

    @property
    def inputs(self) -> list[str]:
        """Names of the files that it reads."""
        return names_in(self.parameters[0]) if self.parameters else []

    def bring_back(self, site: Site) -> None:
        """Put all that it made in its place."""
        assert self.task is not None
        for name, output in zip(self.made.values(), self.task.outputs, strict=True):
            site.bring(name, output, self.inputs)

    def failure(self) -> tuple[JobError, bool]:
        """What Ruffus tells of it, and whether it asked that all stop."""
        assert self.task is not None
        said = (self.task.info.user if self.task.info is not None else {}).get(RAISED)
        told = f"task {self.name!r} ended as {self.task.state}"
        stack = told
        try:
            self.task.wait()
        except FlowlabError as error:  # not only TaskError: its session may have ended, too
            told, stack = str(error), getattr(error, "traceback", "") or str(error)
        if self.task.state == CANCELLED:
            said = None  # by whom it was interrupted on its engine is nobody's concern
        name, value, stops = said or ["flowlab.errors.TaskError", f"({told})", False]
        return (self.step.name, self.shown, name, value, stack), stops


def describe(job: Parameters) -> str:
    """What the log calls a job."""
    if not job:
        return "Job"
    parts = [shown(job[0]), " -> ", shown(job[1])]
    return f"Job  = [{''.join(parts + [f', {shown_extra(each)}' for each in job[2:]])}]"


def _by_place(names: list[str], site: Site) -> dict[str, str]:
    """Names by where the files lie in a job's working directory, directories before their files.

    Of two names for one file, the last.
    """
    return dict(sorted((os.path.normpath(site.inside(name)), name) for name in names))
