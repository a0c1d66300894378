"""`bundle`: files that many tasks need, in their working directories. And whose bundles are whose.

After PyMW's "Bundling files with tasks".
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from flowlab.errors import WrongKind
from flowlab.graph.nodes import DataObject
from flowlab.graph.owner import Owner
from flowlab.graph.types import is_own
from flowlab.model.bundles import FILES, hidden_label
from flowlab.model.inputs import OutputDir
from flowlab.model.limits import INLINE_OBJECT
from flowlab.staging.bundle import Bundle, pack_bundle
from flowlab.staging.members import find_members
from flowlab.tasks.call import KIND as CALL
from flowlab.tasks.cell import KIND as CELL
from flowlab.tasks.job import KIND as NODE
from flowlab.tasks.map import KIND as MAP
from flowlab.tasks.pick import KIND as PICK
from flowlab.tasks.program import KIND as PROGRAM

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
Bundles = Bundle | Iterable[Bundle]

# What runs the user's own code or programs, or unpickles what such code made
_FURNISHED = frozenset({CALL, CELL, MAP, NODE, PICK, PROGRAM})


def bundle(paths: Paths, *, base: str | Path | None = None) -> Bundle:
    """Files for the working directories of tasks: read-only, gone with the task.

    They are read now. The same files with the same contents are the same bundle, whoever bundles
    them and how often.

    paths  files, directories, globs; relative ones start at `base`
    base   from where their names count; without it from the current directory, and of what lies
           elsewhere the last name alone
    """
    return pack_bundle(FILES, find_members(paths, base))


class BundledInputs:
    """The bundles of a session: each is one constant in it, however many tasks have it."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._objects: dict[str, tuple[Bundle, DataObject]] = {}
        self._common: list[Bundle] = []

    def __bool__(self) -> bool:
        """Whether all tasks have some."""
        return bool(self._common)

    def apply(self, bundles: Sequence[Bundle], instead_of: Bundle | None = None) -> None:
        """Give these to all tasks from now on; one that was given before goes to the end."""
        new = {each.key: each for each in listed(bundles)}
        gone = {*new, instead_of.key} if instead_of is not None else new.keys()
        self._common = [one for one in self._common if one.key not in gone] + [*new.values()]

    def inputs(self, kind: str, asked: Bundles | None) -> Iterator[tuple[str, DataObject]]:
        """The bundles of a task, as its further inputs."""
        if kind not in _FURNISHED and not is_own(kind):
            return
        wanted = {one.key: one for one in (*self._common, *listed(asked))}
        for number, each in enumerate(wanted.values()):
            yield hidden_label(each.kind, number), self._object(each)

    def _object(self, each: Bundle) -> DataObject:
        """The constant that a bundle is in this session."""
        found = self._objects.get(each.key)
        if found is None:
            made = _declare(each, self._owner)
            found = self._objects[each.key] = each, made
        return found[1]


def listed(bundles: Bundles | None) -> list[Bundle]:
    """One bundle or several; WrongKind for anything else."""
    if bundles is None:
        return []
    found = [bundles] if isinstance(bundles, Bundle) else list(bundles)
    for each in found:
        if not isinstance(each, Bundle):
            raise WrongKind(
                f"bundle= takes what flowlab.bundle(…) or modules(…) gives, not {each!r}"
            )
    return found


def _declare(each: Bundle, owner: Owner) -> DataObject:
    described = OutputDir("modules" if each.kind != FILES else "bundle", content_type="dir")
    constant = DataObject(described, owner)
    if each.user:
        constant.user.update(each.user)
    if each.size > INLINE_OBJECT:
        constant.value = owner.store(constant.object_id, each.archive, constant.label)
    else:
        constant.value = bytes(each.archive)
    owner.add(constant)
    return constant
