"""Writes `js/src/events.ts` from the messages' types: `python -m tests.wire.typescript`."""

import inspect
import types
import typing
from enum import StrEnum
from pathlib import Path

import msgspec

from flowlab.events.messages import Entry, EventUnion, FactUnion, TraceUnion, VerdictUnion
from flowlab.model.states import State
from flowlab.view.frames import Delta, Frame, Snapshot
from flowlab.view.picture import ObjectState

FILE = Path(__file__).parents[2] / "js" / "src" / "events.ts"

HEAD = """\
/**
 * What comes over the wire: events, entries and frames.
 *
 * Written by `python -m tests.wire.typescript` from `flowlab/events/messages.py` and
 * `flowlab/view/frames.py`; a test proves that it is fresh. Rows are tuples.
 */
"""

# The unions by which the front end switches; each is closed.
UNIONS = {
    "FactUnion": FactUnion,
    "VerdictUnion": VerdictUnion,
    "TraceUnion": TraceUnion,
    "EventUnion": EventUnion,
    "Frame": Frame,
}

_PLAIN: dict[object, str] = {
    int: "number",
    float: "number",
    str: "string",
    bool: "boolean",
    type(None): "null",
    typing.Any: "unknown",
}


def make() -> str:
    """The whole file."""
    found: dict[str, str] = {}
    words = (State, ObjectState)  # they come in tables of words, so no field has their type
    for kind in (*words, *typing.get_args(EventUnion), Entry, Snapshot, Delta):
        _declare(kind, found)
    unions = [
        f"export type {name} = {' | '.join(each.__name__ for each in typing.get_args(union))};"
        for name, union in UNIONS.items()
    ]
    return "\n\n".join([HEAD.rstrip(), *found.values(), *unions]) + "\n"


def _declare(kind: typing.Any, found: dict[str, str]) -> None:
    """Add a declaration after those that it needs."""
    name = kind.__name__
    if name in found:
        return
    if isinstance(kind, typing.NewType):
        found[name] = f"export type {name} = {_type(kind.__supertype__, found)};"
    elif issubclass(kind, StrEnum):
        members = " | ".join(f'"{member}"' for member in kind)
        found[name] = f"{_about(kind)}export type {name} = {members};"
    else:
        is_row = kind.__struct_config__.array_like
        found[name] = (_row if is_row else _interface)(kind, found)


def _interface(struct: type[msgspec.Struct], found: dict[str, str]) -> str:
    fields = [
        f"  readonly {field.encode_name}: {_type(field.type, found)};"
        for field in msgspec.structs.fields(struct)
    ]
    if (tag := struct.__struct_config__.tag) is not None:
        fields.insert(0, f'  readonly type: "{tag}";')
    return "\n".join([f"{_about(struct)}export interface {struct.__name__} {{", *fields, "}"])


def _row(struct: type[msgspec.Struct], found: dict[str, str]) -> str:
    fields = [
        f"  {field.encode_name}: {_type(field.type, found)},"
        for field in msgspec.structs.fields(struct)
    ]
    return "\n".join([f"{_about(struct)}export type {struct.__name__} = readonly [", *fields, "];"])


def _about(kind: type) -> str:
    return f"/** {' '.join(inspect.getdoc(kind).partition(chr(10) * 2)[0].split())} */\n"


def _type(hint: typing.Any, found: dict[str, str]) -> str:
    if hint == EventUnion:
        return "EventUnion"
    if hint in _PLAIN:
        return _PLAIN[hint]
    inside = typing.get_args(hint)
    origin = typing.get_origin(hint)
    if origin is types.UnionType or origin is typing.Union:
        return " | ".join(_type(each, found) for each in inside)
    if origin is tuple and inside[-1] is Ellipsis:
        return f"readonly {_element(_type(inside[0], found))}[]"
    if origin is tuple:
        return f"readonly [{', '.join(_type(each, found) for each in inside)}]"
    if origin is dict:
        return f"Readonly<Record<string, {_type(inside[1], found)}>>"
    _declare(hint, found)
    return hint.__name__


def _element(inside: str) -> str:
    return f"({inside})" if " " in inside else inside


if __name__ == "__main__":
    FILE.write_text(make(), encoding="utf-8")
