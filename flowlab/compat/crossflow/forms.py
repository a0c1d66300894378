"""How Crossflow's values look as flowlab's objects: a file, a list of files, or any other value.

A file is a blob with its name in `user`; a list of files is a directory with one folder for each
of them, numbered in order; anything else is a pickle. An object that another part of flowlab made
is a file unless its content type says that it has a value; what its own maker says in `user` is
nothing to us.
"""

import os
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flowlab.model.content import PICKLES
from flowlab.model.specs import DataType
from flowlab.staging.filehandle import FileHandle
from flowlab.staging.instance import DataInstance
from flowlab.staging.mapping import map_file
from flowlab.staging.viewing import open_view

NAME = "crossflow-name"  # of a file, in its object's `user`
BYTES = "crossflow-name-bytes"  # the same in hex, where it is no text
FILES = "crossflow-files"  # how many there are, in the `user` of a list
FOLDER = "crossflow-folder"  # that the bytes of a blob are a directory's archive


def said_of(name: str, *, is_dir: bool = False) -> dict[str, Any]:
    """What is said of a file's object; a name may be bytes that are no UTF-8."""
    shown = name.encode("utf-8", "replace").decode()
    said: dict[str, Any] = {NAME: shown}
    if shown != name:
        said[BYTES] = os.fsencode(name).hex()
    if is_dir:
        said[FOLDER] = True
    return said


def value_of(instance: DataInstance, *, as_file: bool = False) -> Any:
    """The value that an object stands for: a handle, a list of handles, or what was pickled.

    as_file  it stands where a file is wanted
    """
    said = {**(instance.spec.user if instance.spec else {}), **instance.user}
    if type(said.get(FILES)) is int:
        return _handles(instance)
    name, raw = said.get(NAME), said.get(BYTES)
    if isinstance(name, str):
        kind = DataType.DIR if said.get(FOLDER) is True else instance.data_type
        if isinstance(raw, str):
            name = os.fsdecode(bytes.fromhex(raw))
        return _handle(kind, instance.content_type, instance.source, name)
    is_value = instance.content_type is not None and instance.data_type is DataType.BLOB
    if instance.content_type in PICKLES or (is_value and not as_file):
        return instance.load()
    label = instance.spec.label if instance.spec else ""
    return FileHandle.of(instance, os.path.basename(label) or "file")


def _handle(kind: DataType, content_type: str | None, source: Any, name: str) -> FileHandle:
    return FileHandle.of(DataInstance(kind, content_type, source), name)


def _handles(instance: DataInstance) -> list[FileHandle]:
    """A handle of each file, over the bytes of the archive: none is copied."""
    source = instance.source
    view = map_file(source) if isinstance(source, Path) else memoryview(source)
    found: dict[str, FileHandle] = {}
    with tarfile.open(fileobj=open_view(view), mode="r:") as archive:
        for member in archive.getmembers():
            number, _, name = member.name.partition("/")
            if not name or "/" in name:
                continue  # the folder of one, or what is in a directory that is one
            if member.isdir():
                found[number] = _folder(instance, member.name)
            else:
                part = view[member.offset_data : member.offset_data + member.size]
                found[number] = _handle(DataType.BLOB, None, part, name)
    return [found[number] for number in sorted(found)]


def _folder(instance: DataInstance, member: str) -> FileHandle:
    """A handle of a directory in the archive."""
    with tempfile.TemporaryDirectory(prefix="flowlab-") as place:
        DataInstance(DataType.DIR, "dir", instance.source).write(f"{place}/all", member)
        return FileHandle.load(f"{place}/all/{member}")


def loaded(value: Any) -> Any:
    """What stands for an argument: the value of an object, or the argument itself."""
    return value_of(value) if isinstance(value, DataInstance) else value


def walk(value: Any, change: Callable[[Any], Any]) -> Any:
    """The value with `change` applied to all that stands in its lists, tuples and dictionaries."""
    if type(value) in {list, tuple}:
        return type(value)(walk(each, change) for each in value)
    if type(value) is dict:
        return {key: walk(each, change) for key, each in value.items()}
    return change(value)
