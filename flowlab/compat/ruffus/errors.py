"""Ruffus' errors, as flowlab's; those of its names that a pipeline's author meets."""

from collections.abc import Iterable

from flowlab.errors import FlowlabError, SessionError, UsageError

JobError = tuple[str, str, str, str, str]  # task, job, the exception's name, its value, its stack


class error_task_files(UsageError):  # noqa: N801 - Ruffus' name
    """What `@files` was given describes no jobs."""


class error_node_not_task(UsageError):  # noqa: N801 - Ruffus' name
    """A name or a function is no task of the pipeline."""


class error_ambiguous_task(UsageError):  # noqa: N801 - Ruffus' name
    """A name stands for more than one task."""


class error_circular_dependencies(UsageError):  # noqa: N801 - Ruffus' name
    """Tasks wait for each other."""


class JobsLimitArgumentError(UsageError):
    """`@jobs_limit` was given no positive number, or another one than before."""


class MissingInputFileError(UsageError):
    """A job's input is not there, and no task of the run makes it."""


class JobSignalledBreak(FlowlabError):
    """Raised by a job: the whole pipeline stops, now."""


class RethrownJobError(SessionError):
    """Jobs of a pipeline failed.

    job_exceptions  one row for each: task, job, the exception's name, its value, its stack
    """

    def __init__(self, job_exceptions: Iterable[JobError] = (), told: str = "") -> None:
        super().__init__()
        self.job_exceptions = list(job_exceptions)
        self.told = told

    def __len__(self) -> int:
        return len(self.job_exceptions)

    def __bool__(self) -> bool:
        return True  # an error, however many jobs it is of

    def get_nth_exception_str(self, nn: int = -1) -> str:
        """One of them for people; the last by default."""
        number = nn % len(self.job_exceptions)
        task, job, name, value, stack = self.job_exceptions[number]
        lines = [f"Exception #{number + 1}", f"  '{name}{value}' raised in ..."]
        lines += [f"   Task = def {task}(...):", f"   {job}", ""]
        return _indented("\n".join([*lines, *stack.splitlines()]))

    def __str__(self) -> str:
        plural = "s" if len(self) > 1 else ""
        shown = map(self.get_nth_exception_str, range(len(self)))
        head = [self.told] if self.told else []
        return "\n\n".join([*head, f"Original exception{plural}:", *shown])

    def __reduce__(self) -> tuple[type, tuple[list[JobError], str]]:
        return RethrownJobError, (self.job_exceptions, self.told)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())
