"""Which object stands in the place of which."""

from flowlab.graph.nodes import Task
from flowlab.notebook.succession import Succession, comes_from
from tests.graph.owner import NoEngines


def make(desk, *labels, inputs=()):
    return Task("cell", outputs=labels, inputs=inputs, session=desk)


def test_an_object_is_followed_by_label_to_the_newest():
    desk = NoEngines()
    first, second, third = (make(desk, "a", "b") for _ in range(3))
    succession = Succession()
    succession.replace(first, second)
    succession.replace(second, third)
    assert succession.latest(first.outputs["b"]) is third.outputs["b"]
    assert succession.is_replaced(second.outputs["a"])
    assert not succession.is_replaced(third.outputs["a"])
    assert succession.latest(third.outputs["a"]) is third.outputs["a"]


def test_a_label_that_is_not_made_any_longer_leads_to_nothing():
    desk = NoEngines()
    first, second = make(desk, "a"), make(desk, "b")
    succession = Succession()
    succession.replace(first, second)
    assert succession.latest(first.outputs["a"]) is None
    succession.replace(second, None)
    assert succession.latest(second.outputs["b"]) is None


def test_an_object_comes_from_all_that_led_to_it():
    desk = NoEngines()
    first = make(desk, "a")
    second = make(desk, "b", inputs=[first.output])
    third = make(desk, "c", inputs=[second.output])
    assert comes_from(third.output, first.outputs)
    assert comes_from(third.output, third.outputs)
    assert not comes_from(first.output, third.outputs)
