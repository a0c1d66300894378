"""The life of a task, as a table; `docs/states.md` is drawn from it.

`declared` is the user's side of a task that was not submitted yet, and `cached` is for a result
that is reused: the machine itself begins at `waiting`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from flowlab.model.states import FINAL, State

__all__ = ["FINAL", "GIVEN", "NEXT", "WAYS", "State", "draw"]

# Each way has its reason: it stands in the picture, and whoever adds a way must have one.
WAYS: Mapping[tuple[State, State], str] = MappingProxyType(
    {
        (State.DECLARED, State.WAITING): "submitted",
        (State.DECLARED, State.CACHED): "its result is reused",
        (State.WAITING, State.READY): "the last input came",
        (State.WAITING, State.ASSIGNED): "given out in one batch with what makes its inputs",
        (State.READY, State.ASSIGNED): "given to an engine",
        (State.READY, State.WAITING): "an input was lost",
        (State.ASSIGNED, State.RUNNING): "its engine began",
        (State.ASSIGNED, State.FINISHED): "ended before its beginning was reported",
        (State.ASSIGNED, State.WAITING): "given back, revoked or lost (ready if inputs are there)",
        (State.RUNNING, State.FINISHED): "ended well",
        (State.RUNNING, State.WAITING): "its engine was lost",
        (State.FINISHED, State.WAITING): "an output that is still needed was lost",
        **{(state, State.FAILED): "failed or condemned" for state in (State.WAITING, State.READY)},
        **{(state, State.FAILED): "failed" for state in (State.ASSIGNED, State.RUNNING)},
        (State.WAITING, State.SKIPPED): "an input will never come",
        (State.READY, State.SKIPPED): "an input will never come",
        (State.ASSIGNED, State.SKIPPED): "what makes its input failed in the same batch",
        **{
            (state, State.CANCELLED): "cancelled, or its session ended"
            for state in (State.WAITING, State.READY, State.ASSIGNED, State.RUNNING)
        },
    }
)  # fmt: skip

NEXT: Mapping[State, frozenset[State]] = MappingProxyType(
    {state: frozenset(to for start, to in WAYS if start is state) for state in State}
)
GIVEN = frozenset({State.ASSIGNED, State.RUNNING})


def draw() -> str:
    """`docs/states.md`: the table as a picture and as a list."""
    ways = [f"    {start} --> {to}: {why}" for (start, to), why in WAYS.items()]
    ends = [f"    {state} --> [*]" for state in State if state in FINAL]
    rows = [f"| {start} | {to} | {why} |" for (start, to), why in WAYS.items()]
    return "\n".join(
        [
            "# The states of a task",
            "",
            "Drawn from `flowlab/scheduler/states.py`; a test proves that it is fresh.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            "    [*] --> declared",
            *ways,
            *ends,
            "```",
            "",
            "| from | to | when |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )
