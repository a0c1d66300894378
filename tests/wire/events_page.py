"""Writes `docs/events.md` from the closed union of events: `python -m tests.wire.events_page`."""

import inspect
import typing
from pathlib import Path

import msgspec

from flowlab.events import messages
from flowlab.events.messages import Entry, EventUnion, FactUnion, TraceUnion, VerdictUnion

PAGE = Path(__file__).parents[2] / "docs" / "events.md"

WRITTEN = (
    "Written by `python -m tests.wire.events_page` from `flowlab/events/messages.py`; "
    "a test proves that it is fresh."
)

FAMILIES = {
    "Facts": (FactUnion, "What came from outside: the scheduler's only input, in the journal."),
    "Verdicts": (VerdictUnion, "What the scheduler decided, said aloud; in the journal."),
    "Traces": (TraceUnion, "Debug output: never reaches the scheduler, and has its own file."),
}


def make() -> str:
    """The whole page."""
    head = inspect.getdoc(messages).partition("\n\n")[0]
    parts = [
        "# Events",
        WRITTEN,
        head,
        "Each event is one line of the journal, inside an entry:",
        _describe(Entry, "##"),
    ]
    for title, (union, about) in FAMILIES.items():
        parts += [f"## {title}", about]
        parts += [_describe(event, "###") for event in typing.get_args(union)]
    return "\n\n".join(parts) + "\n"


def _describe(struct: type[msgspec.Struct], level: str) -> str:
    first, _, rest = inspect.getdoc(struct).partition("\n\n")
    parts = [f"{level} {struct.__name__}", " ".join(first.split())]
    if rest:
        parts.append(f"```text\n{rest}\n```")
    rows = [_row(field) for field in msgspec.structs.fields(struct)]
    parts.append("\n".join(["| field | type | default |", "|---|---|---|", *rows]))
    return "\n\n".join(parts)


def _row(field: msgspec.structs.FieldInfo) -> str:
    default = "" if field.default is msgspec.NODEFAULT else f"`{field.default!r}`"
    return f"| `{field.encode_name}` | `{_type(field.type)}` | {default} |"


def _type(hint: object) -> str:
    """A type as its annotation has it, without the names of modules."""
    if hint == EventUnion:
        return "any event"
    if typing.get_origin(hint) is not None:
        parts = [_type(part) for part in typing.get_args(hint)]
        if typing.get_origin(hint) not in (tuple, dict, list):
            return " or ".join(parts)
        return f"{typing.get_origin(hint).__name__}[{', '.join(parts)}]"
    if hint is Ellipsis:
        return "..."
    return "None" if hint is type(None) else getattr(hint, "__name__", str(hint))


if __name__ == "__main__":
    PAGE.write_text(make(), encoding="utf-8")
