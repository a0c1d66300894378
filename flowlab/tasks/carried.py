"""The shared objects of a session's tasks: each is one constant in it, however many hold it."""

from collections.abc import Iterable

from flowlab.errors import UsageError
from flowlab.graph.nodes import DataObject
from flowlab.graph.owner import Owner
from flowlab.model.bundles import SHARED, SHARED_TYPE, hidden_label
from flowlab.model.inputs import Output
from flowlab.shared.proxy import Reference

Inputs = list[tuple[str, DataObject]]


class CarriedObjects:
    """Of one session."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._objects: dict[Reference, DataObject] = {}

    def inputs(self, references: Iterable[Reference]) -> tuple[Inputs, bool]:
        """Further inputs of a task that holds these, and whether it may wait at one of them."""
        held = dict.fromkeys(references)
        inputs = [
            (hidden_label(SHARED, number), self._object(each)) for number, each in enumerate(held)
        ]
        return inputs, any(each.waits for each in held)

    def _object(self, reference: Reference) -> DataObject:
        """What stands for it in the graph; without data, since those live elsewhere."""
        found = self._objects.get(reference)
        if found is None:
            label = f"{reference.kind} {reference.name}".strip()
            made = DataObject(Output(label, content_type=SHARED_TYPE), self._owner, value=b"")
            self._owner.add(made)
            found = self._objects[reference] = made
        return found


def check_run(reference: Reference, run: str) -> None:
    """Raise UsageError for a shared object whose key the engines of this run have not."""
    if reference.where.run != run:
        raise UsageError(
            f"{reference.shown} belongs to another client, whose key engines of this one do not "
            "have: make it by shared(…) of a session of this client"
        )
