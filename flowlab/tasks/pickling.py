"""Pickling for tasks: shared objects that stand in what is pickled are found, however deep.

After multiprocessing's "Server process"; the one rule: no key is in any pickle.
"""

import io
import sys
from typing import Any

import cloudpickle

from flowlab.graph.owner import Owner

_PROTOCOL = 5
_SIGNS = (b"flowlab.shared.proxy", b"multiprocessing.managers")  # in each pickle that has a proxy


def dumps(value: Any, owner: Owner | None) -> tuple[bytes, tuple[Any, ...]]:
    """The pickle of a value, and the shared objects in it."""
    data: bytes = cloudpickle.dumps(value, _PROTOCOL)
    if not may_share(data):
        return data, ()
    buffer = io.BytesIO()
    pickler = TaskPickler(buffer, owner)
    pickler.dump(value)
    return buffer.getvalue(), tuple(pickler.shared)


def may_share(data: bytes) -> bool:
    """Whether there may be a shared object in this pickle."""
    return any(sign in data for sign in _SIGNS)


class TaskPickler(cloudpickle.Pickler):  # type: ignore[misc] # cloudpickle has no types
    """Notes the proxies that it meets, in `shared`, as the owner of the task knows them.

    owner  None: there are no tasks yet, and nothing is noted
    """

    def __init__(self, file: io.BytesIO, owner: Owner | None) -> None:
        super().__init__(file, _PROTOCOL)
        self.shared: list[Any] = []
        self._owner = owner

    def reducer_override(self, thing: Any) -> Any:
        managers = sys.modules.get("multiprocessing.managers")
        if managers is None or not isinstance(thing, managers.BaseProxy) or self._owner is None:
            return super().reducer_override(thing)
        reference, reduced = self._owner.refer(thing)
        self.shared.append(reference)
        return reduced
