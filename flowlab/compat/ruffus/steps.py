"""The decorators, and the steps that they describe.

A step is what Ruffus calls a task: a function with the jobs that are its calls. (A job is a task of
flowlab's.) All steps of a process are one pipeline; a function that is defined again, as in a cell
that runs again, takes the place of the one of its name.
"""

import inspect
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flowlab.compat.ruffus.errors import (
    JobsLimitArgumentError,
    error_ambiguous_task,
    error_node_not_task,
    error_task_files,
)
from flowlab.errors import WrongKind

Function = Callable[..., Any]
_Decorated = TypeVar("_Decorated", bound=Function)

_steps: dict[str, "Step"] = {}


class Step:
    """A function with its jobs.

    jobs     what `@files` was given: a function that gives them, or a list; None without `@files`
    single   `@files` was given one job, and what reads the step's output gets that job's
    follows  steps that end first: functions or names, looked up when the pipeline runs
    folders  directories to make before its first job
    limit    name of how many of its jobs may run at once, and how many
    after    what to call when its last job has ended
    """

    def __init__(self, function: Function) -> None:
        self.function = function
        self.name = _name(function)
        self.jobs: Function | list[tuple[Any, ...]] | None = None
        self.single = False
        self.follows: list[Function | str | output_from] = []
        self.folders: list[str] = []
        self.limit: tuple[str, int] | None = None
        self.after: list[Callable[[], Any]] = []

    @property
    def about(self) -> str:
        """What its function says of itself, in one line."""
        return " ".join((inspect.getdoc(self.function) or "").split())

    def __repr__(self) -> str:
        return f"<step {self.name}>"


class output_from:  # noqa: N801 - Ruffus' name
    """Among a job's inputs: what the steps of these names make."""

    def __init__(self, *names: str) -> None:
        self.names = names


class mkdir:  # noqa: N801 - Ruffus' name
    """In `@follows`, or above a function: these directories are made first."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def __call__(self, function: _Decorated) -> _Decorated:
        return follows(self)(function)


def files(*given: Any) -> Callable[[_Decorated], _Decorated]:
    """Give a function its jobs: `@files(input, output, *extra)`, or a list or generator of such.

    An input or output is a file name, or names in lists, however deep; None where there is none.
    Among the inputs, a decorated function stands for what it makes, and a pattern for the files
    that match when the step begins. The function is called with all that its job is given.
    """
    return lambda function: _decorated(function, lambda step: _take_jobs(step, given))


def follows(*steps: Function | str | mkdir) -> Callable[[_Decorated], _Decorated]:
    """Let all jobs of other steps end first: decorated functions, or their names."""

    def note(step: Step) -> None:
        for each in steps:
            if isinstance(each, mkdir):
                step.folders += each.names
            elif callable(each) or isinstance(each, str):
                step.follows.append(each)
            else:
                raise WrongKind(f"@follows takes functions, names and mkdir(…), not {each!r}")

    return lambda function: _decorated(function, note)


def jobs_limit(most: int, name: str | None = None) -> Callable[[_Decorated], _Decorated]:
    """Let at most so many jobs run at once: of this step, or of all with this name of a limit."""

    def note(step: Step) -> None:
        count = _count(most, name)
        named = name if name is not None else step.name
        step.limit = limit = f"jobs_limit {named}", count  # apart from the session's own limits
        for other in _steps.values():
            if other.name != step.name and other.limit is not None and other.limit[0] == limit[0]:
                _check_same(named, other.limit[1], count)

    return lambda function: _decorated(function, note)


def _check_same(name: str, former: int, count: int) -> None:
    if former != count:
        raise JobsLimitArgumentError(
            f"The job limit {name!r} cannot be re-defined from the former limit of {former} in "
            f"@jobs_limit({count}, {name!r}); give it another name, or forget all steps first: "
            "clear_pipeline()"
        )


def posttask(*calls: Callable[[], Any]) -> Callable[[_Decorated], _Decorated]:
    """Call these, in this process, when all jobs of the step have ended well."""
    for each in calls:
        if not callable(each):
            raise WrongKind(f"@posttask takes functions to call, not {each!r}")
    return lambda function: _decorated(function, lambda step: step.after.extend(calls))


def all_steps() -> list[Step]:
    """The pipeline, in the order of declaration."""
    return list(_steps.values())


def clear_pipeline() -> None:
    """Forget all steps and limits."""
    _steps.clear()


def find_steps(asked: Any, role: str) -> list[Step]:
    """The steps that functions or names stand for.

    role  what they were asked for as, for people
    """
    listed = asked if isinstance(asked, list | tuple | set) else [asked]
    return [step for each in listed for step in _find(each, role)]


def _find(asked: Any, role: str) -> Iterable[Step]:
    if isinstance(asked, Step):
        return [asked]
    if isinstance(asked, output_from):
        return [step for name in asked.names for step in _find(name, role)]
    if not callable(asked) and not isinstance(asked, str):
        raise WrongKind(f"{role}: a decorated function or its name is expected, not {asked!r}")
    name = asked if isinstance(asked, str) else _name(asked)
    if name in _steps:
        return [_steps[name]]
    found = [step for key, step in _steps.items() if key.rpartition(".")[2] == name]
    if not found:
        raise error_node_not_task(
            f"{role} {name!r} is not a pipelined task in Ruffus. Is it spelt correctly? Known are "
            f"{', '.join(_steps) or 'none'}"
        )
    if len(found) > 1:
        raise error_ambiguous_task(
            f"{role} {name!r} is ambiguous: {', '.join(step.name for step in found)}"
        )
    return found


def _decorated(function: _Decorated, note: Callable[[Step], None]) -> _Decorated:
    if getattr(function, "__name__", None) is None:
        raise WrongKind(f"Ruffus' decorators stand above functions, not {function!r}")
    step = _steps.get(_name(function))
    if step is None or step.function is not function:
        step = Step(function)
    note(step)
    _steps[step.name] = step
    return function


def _name(function: Function) -> str:
    module, name = getattr(function, "__module__", ""), getattr(function, "__name__", "")
    return name if module in {"__main__", "", None} else f"{module}.{name}"


def _take_jobs(step: Step, given: tuple[Any, ...]) -> None:
    if not given:
        raise error_task_files(f"Too few arguments for @files of {step.name}(): say what it makes")
    step.single = len(given) > 1
    if step.single:
        step.jobs = [given]
    elif callable(given[0]):
        step.jobs = given[0]
    else:
        step.jobs = check_jobs(step.name, given[0])


def check_jobs(name: str, jobs: Any) -> list[tuple[Any, ...]]:
    """The jobs of a list or generator; error_task_files when one of them is none."""
    listed = list(jobs) if isinstance(jobs, Iterable) and not isinstance(jobs, str) else [jobs]
    for job in listed:
        if not isinstance(job, list | tuple):
            raise error_task_files(
                f"Wrong syntax for @files of {name}(): {job!r} is no job. Give one job as "
                "@files(input, output, …), several as a list of lists, @files([[input, output], …])"
            )
        if len(job) < 2:
            what = "output" if job else "input"
            raise error_task_files(f"Missing {what} files for job {list(job)} of {name}()")
    return [tuple(job) for job in listed]


def _count(most: Any, name: str | None) -> int:
    if type(most) is not int or most < 1:  # True is no number
        shown = f", {name!r}" if name else ""
        raise JobsLimitArgumentError(
            f"Expecting a positive integer in @jobs_limit({most!r}{shown})"
        )
    return most
