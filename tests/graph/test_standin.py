"""What stands for an object may be given where a task takes one."""

import pytest

from flowlab.errors import UsageError
from flowlab.graph.nodes import DataObject, Task, to_dataobj
from flowlab.graph.standin import StandIn
from tests.graph.owner import NoEngines


class Meant(StandIn):
    """Stands for whatever it is given."""

    def __init__(self, thing):
        self._thing = thing

    @property
    def output(self):
        return self._thing


def test_its_object_becomes_the_input():
    owner = NoEngines()
    obj = DataObject("x", owner, value=b"")
    task = Task("any", inputs=[Meant(obj), ("named", Meant(Meant(obj)))], session=owner)
    assert list(task.inputs) == [obj, obj]
    assert task.inputs.labels() == [None, "named"]


def test_what_it_means_must_be_an_object():
    with pytest.raises(UsageError, match="5 is no data object"):
        to_dataobj(Meant(5))


def test_one_that_means_nothing_says_so():
    with pytest.raises(NotImplementedError):
        to_dataobj(StandIn())
