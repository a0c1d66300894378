"""`pipeline_run`: finds out which steps are not up to date, and runs them."""

from collections.abc import Iterable
from typing import Any

from flowlab.compat.ruffus.errors import error_circular_dependencies
from flowlab.compat.ruffus.job import describe
from flowlab.compat.ruffus.loggers import Logger, Progress, stderr_logger
from flowlab.compat.ruffus.parameters import jobs_of, steps_before
from flowlab.compat.ruffus.running import Manner, Runner
from flowlab.compat.ruffus.sessions import find_session
from flowlab.compat.ruffus.site import Site
from flowlab.compat.ruffus.steps import Step, all_steps, find_steps
from flowlab.compat.ruffus.uptodate import reason_to_run
from flowlab.errors import UsageError, WrongValue
from flowlab.session.session import Session

_AS_IT_IS: dict[str, tuple[Any, ...]] = {  # what Ruffus knows besides, with what it may be here
    "gnu_make_maximal_rebuild_mode": (True,),
    "one_second_per_job": (None, False),
    "checksum_level": (None, 0, 1),
    "multithread": (None, 0),
    "touch_files_only": (False,),
    "history_file": (None,),
    "runtime_data": (None,),
    "verbose_abbreviated_path": (None, 2),
    "pipeline": (None,),
    "pool_manager": ("multiprocessing",),
}


# size: Ruffus' arguments, in its order
def pipeline_run(
    target_tasks: Any = (),
    forcedtorun_tasks: Any = (),
    multiprocess: int = 1,
    logger: Logger = stderr_logger,
    *,
    verbose: int | None = None,
    exceptions_terminate_immediately: bool = False,
    log_exceptions: bool = False,
    session: Session | None = None,
    **others: Any,
) -> None:
    """Run the jobs that are not up to date, and wait for them.

    target_tasks       decorated functions or names, and what they need; all when there are none
    forcedtorun_tasks  those whose jobs run in any case
    multiprocess       jobs at once, and errors until the pipeline stops
    logger, verbose    where it is told how it goes, and how much of it: 0 nothing, 1 tasks …
    exceptions_terminate_immediately  stop at the first error
    log_exceptions     tell of errors when they come
    session            flowlab's; the active one, or one of its own

    Raises RethrownJobError when jobs failed.
    """
    most = _count(multiprocess)
    _check_others(others)
    progress = Progress(logger, 1 if verbose is None else verbose)
    targets = find_steps(target_tasks, "Target task") or all_steps()
    forced = find_steps(forcedtorun_tasks, "Forced task")
    found = find_session(session)
    site = Site(found)
    before = in_order([*targets, *forced])
    to_run = outdated(before, forced, site)
    _tell_up_to_date([step for step in before if step not in to_run], progress)
    progress.head("Tasks which will be run:")
    manner = Manner(most, exceptions_terminate_immediately, log_exceptions, progress)
    Runner({step: before[step] for step in to_run}, forced, site, found, manner).run()


def in_order(targets: Iterable[Step]) -> dict[Step, list[Step]]:
    """These steps and all that they need, each behind what it needs; with what that is."""
    found: dict[Step, list[Step]] = {}
    begun: list[Step] = []

    def visit(step: Step) -> None:
        if step in found:
            return
        if step in begun:
            names = ", ".join(one.name for one in begun[begun.index(step) :])
            raise error_circular_dependencies(
                f"Circular dependencies found in the pipeline involving one or more of ({names})"
            )
        begun.append(step)
        needed = steps_before(step)
        for each in needed:
            visit(each)
        begun.remove(step)
        found[step] = needed

    for target in targets:
        visit(target)
    return found


def outdated(before: dict[Step, list[Step]], forced: Iterable[Step], site: Site) -> list[Step]:
    """Those of the steps that have a job to run, or stand behind one that has."""
    to_run: dict[Step, None] = {}
    forced = set(forced)
    for step, needed in before.items():
        if step in forced or any(each in to_run for each in needed) or _has_work(step, site):
            to_run[step] = None
    return list(to_run)


def _has_work(step: Step, site: Site) -> bool:
    return any(reason_to_run(job, site) is not None for job in jobs_of(step))


def _tell_up_to_date(steps: list[Step], progress: Progress) -> None:
    if not steps or progress.verbose in {3, 4}:
        return
    progress.head("Tasks which are up-to-date:")
    for step in steps:
        progress.say(1, f"Task = {step.name!r}  ")
        if step.about:
            progress.say(2, f'    "{step.about}"')
        for job in jobs_of(step) if progress.verbose > 5 else ():
            read, arrow, made = describe(job).partition(" -> ")
            progress.say(6, f"       {read}")
            progress.say(6, f"             {arrow.lstrip()}{made}")
        progress.say(5, "")
    for line in ("_" * 40, "", ""):
        progress.logger.info(line)


def _count(multiprocess: Any) -> int:
    if multiprocess is None or multiprocess == 0:
        return 1  # as in Ruffus
    if not isinstance(multiprocess, int) or multiprocess < 1:
        raise WrongValue(f"multiprocess is how many jobs run at once, not {multiprocess!r}")
    return multiprocess


def _check_others(others: dict[str, Any]) -> None:
    for name, value in others.items():
        if name not in _AS_IT_IS:
            raise TypeError(f"pipeline_run() got an unexpected keyword argument {name!r}")
        if value not in _AS_IT_IS[name]:
            raise UsageError(
                f"pipeline_run({name}={value!r}) is not supported by flowlab; leave it out. What "
                "there is instead stands in docs/guide/from-ruffus.md"
            )
