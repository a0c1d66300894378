"""The bundles of one engine: unpacked once, and given to each task that they are for."""

import itertools
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from flowlab.errors import UsageError
from flowlab.model.bundles import MODULES, PLATFORM, platform_tag
from flowlab.model.ids import ObjectId
from flowlab.staging.unpacked import Unpacked
from flowlab.worker.imports import Function, Imports
from flowlab.worker.memory import Held
from flowlab.worker.sandbox import Sandbox


class TaskBundle(NamedTuple):
    """A bundle that a task has: files or modules, and its archive."""

    kind: str
    object_id: ObjectId
    held: Held


class Bundles:
    """Of one engine.

    home     where they may be unpacked, as it is at the moment
    is_held  whether an object is still known here
    """

    def __init__(self, home: Callable[[], Path], is_held: Callable[[ObjectId], bool]) -> None:
        self._home = home
        self._is_held = is_held
        self._fresh = itertools.count(1)
        self._unpacked: dict[ObjectId, Unpacked] = {}
        self._imports: dict[tuple[ObjectId, ...], Imports] = {}
        self._gone: deque[Unpacked] = deque()
        self._used: list[Unpacked] = []
        self._entered: Imports | None = None

    def prepare(self, brought: Sequence[TaskBundle], sandbox: Sandbox) -> None:
        """Furnish a working directory, and make modules importable, for one task."""
        modules = [one for one in brought if one.kind == MODULES]
        for one in brought:
            if one.kind != MODULES:
                self._whole(one).lay_out(sandbox.path, sandbox.links.put)
        if modules:
            self._entered = self._find_imports(modules)
            self._entered.enter()

    def function(self, key: str, make: Callable[[str], Function]) -> Function | None:
        """The running task's function, when it has modules."""
        return self._entered.function(key, make) if self._entered is not None else None

    def check(self) -> None:
        """Raise StoreError when the task wrote to a file of its bundles."""
        for one in self._used:
            one.check()

    def clear(self) -> None:
        """The task has ended: what was its alone is gone."""
        self._used = []
        if self._entered is not None:
            self._entered.leave()
            self._entered = None

    def prune(self) -> None:
        """Give up those whose objects are gone, for `sweep`; one thread at a time."""
        for object_id in [one for one in self._unpacked if not self._is_held(one)]:
            self._gone.append(self._forget(object_id))

    def sweep(self) -> None:
        """Remove what was given up, which may take long; from any thread."""
        while self._gone:
            with suppress(IndexError):  # another thread was faster
                self._gone.pop().remove()

    def _whole(self, one: TaskBundle) -> Unpacked:
        """A bundle unpacked, and as it came: what a task did to it is undone."""
        found = self._unpacked.get(one.object_id)
        if found is not None and not found.is_whole:
            self._forget(one.object_id).remove()
            found = None
        if found is None:
            root = self._home() / "bundles" / str(next(self._fresh))
            found = self._unpacked[one.object_id] = Unpacked(one.held.instance(), root)
        self._used.append(found)
        return found

    def _find_imports(self, modules: Sequence[TaskBundle]) -> Imports:
        """What was declared last is found first."""
        for one in modules:
            _check_platform(one)
        folders = [str(self._whole(one).root) for one in reversed(modules)]
        key = tuple(one.object_id for one in modules)
        found = self._imports.get(key)
        if found is None:
            found = self._imports[key] = Imports(folders)
        return found

    def _forget(self, object_id: ObjectId) -> Unpacked:
        self._imports = {key: each for key, each in self._imports.items() if object_id not in key}
        return self._unpacked.pop(object_id)


def _check_platform(one: TaskBundle) -> None:
    """Compiled code runs where it was compiled for."""
    spec = one.held.spec
    wanted = spec.user.get(PLATFORM) if spec is not None else None
    if wanted and wanted != platform_tag():
        raise UsageError(
            f"the task's modules hold code that was compiled for {wanted}, and this engine is "
            f"{platform_tag()}; leave that module out, and install it on the engine's host"
        )
