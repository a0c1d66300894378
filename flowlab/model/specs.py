"""What is declared of tasks and objects (spec), and what is known once they ran (info).

A spec is fixed at submit. Both travel as rows, not as maps: a graph of 100,000 tasks is a few
frames of them.
"""

from enum import StrEnum
from typing import Any

import msgspec

from flowlab.model.ids import ObjectId, TaskId
from flowlab.model.resources import ONE_CPU, Resources


class DataType(StrEnum):
    """What an object is: a string of bytes, or a tree of files."""

    BLOB = "blob"
    DIR = "dir"
    DIRECTORY = "dir"  # the same, by Rain's name


class Place(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Where the user wrote it: `cell` is the notebook's execution count or None."""

    file: str = ""
    line: int = 0
    cell: int | None = None


class ObjectSpec(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An object as declared.

    constant   made by the user, not by a task
    keep       held until it is un-kept, so that it can be fetched
    size_hint  bytes that the user expects, or None
    """

    id: ObjectId
    label: str = ""
    data_type: DataType = DataType.BLOB
    content_type: str = ""
    keep: bool = False
    constant: bool = False
    size_hint: int | None = None
    user: dict[str, Any] = {}


class TaskSpec(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A task as declared; its configuration and function lie beside it, in the payload.

    kind      which kind of task it is, such as `python` or `execute`
    inputs    objects in the order in which the kind reads them; the same one may stand twice
    labels    one label an input, or empty when no input has one
    function  key of the function in the payload, or empty
    retries   times it may be given out again after an engine died while it ran
    place     where it was declared; `source` is the cell's or function's text, for people
    """

    id: TaskId
    kind: str
    name: str = ""
    inputs: tuple[ObjectId, ...] = ()
    labels: tuple[str, ...] = ()
    outputs: tuple[ObjectId, ...] = ()
    resources: Resources = ONE_CPU
    function: str = ""
    retries: int | None = None
    place: Place = Place()
    user: dict[str, Any] = {}


class ObjectInfo(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What is known of an object that was made: `size` in bytes."""

    id: ObjectId
    size: int = 0
    content_type: str = ""
    user: dict[str, Any] = {}


class Failure(msgspec.Struct, frozen=True, gc=False):
    """Why a task failed, as bounded text made where it failed.

    message    one line: the exception's type and text, or what the program did
    traceback  the user's own lines; empty when there are none
    debug      what the task had said by `ctx.debug`
    line       line of the cell or of the function's file, 0 if unknown
    """

    message: str
    traceback: str = ""
    debug: str = ""
    line: int = 0
