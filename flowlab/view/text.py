"""The view in words: one line of progress, and the outline of all groups with their times."""

from collections.abc import Mapping

from flowlab.model.ids import SessionId
from flowlab.model.states import BAD, GOOD, State
from flowlab.view.groups import Group, Statistics, statistics, tree
from flowlab.view.picture import TaskView, View
from flowlab.view.visible import seconds, visible

FAILURES = 3  # failed tasks that a summary names
LINES = 200  # of an outline
_NAME = 40  # columns of a name


def summary(view: View, session: SessionId | None = None) -> str:
    """One line: `12/30 tasks finished, 4 running, 1 failed (load: KeyError: 'x')`."""
    counts = view.progress(session)
    total = sum(counts.values())
    if not total:
        return "no tasks"
    good = sum(counts.get(state, 0) for state in GOOD)
    parts = [f"{good}/{total} {'task' if total == 1 else 'tasks'} finished"]
    parts += [f"{counts[state]} {state}" for state in _TOLD if counts.get(state)]
    if counts.get(State.FAILED):
        parts[-1] += f" ({_name_failures(view, session)})"
    return ", ".join(parts)


def outline(view: View, session: SessionId | None = None) -> str:
    """The tree of groups: finished of total, times, and what went wrong; one line each.

    Times are mean ± standard deviation, and the sum with its share of the whole.
    """
    root = tree(view.of(session))
    whole = statistics(root.all_tasks())
    if not whole.total:
        return "no tasks"
    lines: list[str] = []
    stack = list(reversed(root.below.values()))
    left_out = 0
    while stack:
        group = stack.pop()
        if len(lines) < LINES:
            lines.append(_line(group, whole.seconds))
        else:
            left_out += 1
        stack.extend(reversed(group.below.values()))
    if left_out:
        lines.append(f"… and {left_out} more")
    return "\n".join([summary(view, session), *lines])


def describe(task: TaskView) -> str:
    """How one task stands: its state, and what belongs to it."""
    parts = [task.state.value]
    if task.failure is not None and task.state is State.FAILED:
        parts.append(visible(task.failure.message))
    elif task.seconds is not None:
        parts.append(seconds(task.seconds))
    elif task.state is State.CANCELLED and task.reason:
        parts.append(visible(task.reason))
    if task.engine is not None and task.state in (State.RUNNING, State.FAILED):
        parts.append(f"engine {task.engine}")
    if task.attempts > 1:
        parts.append(f"attempt {task.attempts}")
    return ", ".join(parts)


def tell_states(states: Mapping[State, int]) -> str:
    """The states of a group but the good ones: `2 running, 1 failed`."""
    return ", ".join(f"{states[state]} {state}" for state in _TOLD if states.get(state))


_TOLD = (
    *(State.RUNNING, State.ASSIGNED, State.READY, State.WAITING, State.DECLARED),
    *(State.SKIPPED, State.CANCELLED, State.FAILED),
)  # what went wrong comes last, so that its reasons may follow


def _name_failures(view: View, session: SessionId | None) -> str:
    failed = [task for task in view.of(session) if task.state is State.FAILED]
    named = [f"{visible(task.name, _NAME)}: {_message(task)}" for task in failed[:FAILURES]]
    if len(failed) > FAILURES:
        named.append("…")
    return "; ".join(named)


def _message(task: TaskView) -> str:
    return visible(task.failure.message, 120) if task.failure is not None else "failed"


def _line(group: Group, whole: float) -> str:
    depth = len(group.path) - 1
    name = visible(group.path[-1], _NAME)
    if group.is_leaf:
        return f"{'  ' * depth}{name:<{_NAME - 2 * min(depth, 8)}} {describe(group.tasks[0])}"
    told = statistics(group.all_tasks())
    return f"{'  ' * depth}{name + '/':<{_NAME - 2 * min(depth, 8)}} {_tell(told, whole)}"


def _tell(told: Statistics, whole: float) -> str:
    parts = [f"{told.good}/{told.total} finished"]
    if others := tell_states(told.states):
        parts.append(others)
    if told.seconds:
        parts.append(f"{seconds(told.mean)} ± {seconds(told.deviation)}")
        parts.append(f"{seconds(told.seconds)} in all, {told.seconds / whole:.0%}")
    return ", ".join(parts)


assert set(_TOLD) | GOOD == set(State)  # a new state must be told, too
assert set(_TOLD) >= BAD
