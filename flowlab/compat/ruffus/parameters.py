"""What the jobs of a step are, when the step begins.

Patterns and steps among their inputs become the files that there are then.
"""

import glob
from collections.abc import Iterator
from typing import Any

from flowlab.compat.ruffus.names import is_glob, is_sequence
from flowlab.compat.ruffus.steps import Step, check_jobs, find_steps, output_from

Parameters = tuple[Any, ...]  # input, output, and whatever else; nothing at all without @files


def steps_before(step: Step) -> list[Step]:
    """The steps that must end first; none twice."""
    found = [one for each in step.follows for one in find_steps(each, "In @follows, task")]
    if isinstance(step.jobs, list):
        for job in step.jobs:
            found += _steps_in(job[0])
    return list(dict.fromkeys(found))


def jobs_of(step: Step) -> list[Parameters]:
    """What each call of its function is given, as of now."""
    if step.jobs is None:
        return [()]
    if callable(step.jobs):
        return check_jobs(step.name, step.jobs())
    return [(_expanded(job[0]), *job[1:]) for job in step.jobs]


def outputs_of(step: Step) -> Any:
    """What its jobs make: of a single job its output, else a list of them all."""
    made = [job[1] for job in jobs_of(step) if job]
    return made[0] if step.single else made


def _steps_in(given: Any) -> Iterator[Step]:
    if callable(given) or isinstance(given, output_from):
        yield from find_steps(given, "In @files, task")
    elif is_sequence(given):
        for each in given:
            yield from _steps_in(each)


def _expanded(given: Any) -> Any:
    """The input with files in the place of patterns and steps; in a list, they join it."""
    if (found := _files_of(given)) is not None:
        return found[0]
    if not is_sequence(given):
        return given
    listed: list[Any] = []
    for each in given:
        found = _files_of(each)
        if found is None:
            listed.append(_expanded(each))
        else:
            listed += found[0] if is_sequence(found[0]) else [found[0]]
    kind = type(given)
    if not hasattr(kind, "_make"):
        return kind(listed)
    # A namedtuple has as many as it has names: what stands for one of them stays together
    return kind._make(map(_expanded, given))


def _files_of(given: Any) -> tuple[Any] | None:
    """What stands for a pattern or for steps; None for anything else."""
    if is_glob(given):
        return (sorted(glob.glob(given)),)
    if not callable(given) and not isinstance(given, output_from):
        return None
    steps = find_steps(given, "In @files, task")
    if len(steps) == 1:
        return (outputs_of(steps[0]),)
    joined: list[Any] = []
    for made in map(outputs_of, steps):
        joined += made if is_sequence(made) else [made]
    return (joined,)
