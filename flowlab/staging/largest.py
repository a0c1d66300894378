"""What fills a store: its largest objects, with what people call them.

Labels stand in a file of their own, since no name of a file is made of one.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from flowlab.model.ids import ObjectId, split_id
from flowlab.model.limits import KIB, MIB

NOTED = 1 * MIB  # bytes of an object, from which it can be among the largest that matter
_SHOWN = 5  # objects in a message
_LABEL = 100  # characters


def note_label(path: Path, object_id: ObjectId, label: str) -> None:
    """Remember what an object is called; lines of several processes do not mix."""
    line = json.dumps([object_id, label[:_LABEL]]).encode() + b"\n"
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    try:
        os.write(number, line)
    finally:
        os.close(number)


def read_labels(path: Path) -> dict[ObjectId, str]:
    """What is noted of objects."""
    try:
        *lines, _half = path.read_bytes().split(b"\n")  # nothing, but for a writer that was killed
    except FileNotFoundError:
        return {}
    return {ObjectId(number): label for number, label in map(json.loads, lines)}


def describe_largest(sizes: Iterable[tuple[ObjectId, int]], labels: dict[ObjectId, str]) -> str:
    """The largest objects, for people."""
    ranked = sorted(sizes, key=lambda pair: -pair[1])
    if not ranked:
        return "no object lies there"
    shown = [
        f"{split_id(one)}{_quoted(labels.get(one, ''))} with {in_units(size)}"
        for one, size in ranked[:_SHOWN]
    ]
    more = len(ranked) - len(shown)
    rest = f" and {more} more" if more else ""
    return f"the largest of its objects are {', '.join(shown)}{rest}"


def in_units(size: int) -> str:
    """Bytes for people."""
    for unit, name in ((MIB, "MiB"), (KIB, "KiB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size} bytes"


def _quoted(label: str) -> str:
    return f" ({label})" if label else ""
