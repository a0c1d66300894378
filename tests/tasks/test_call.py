"""A call arrives as it was made, by the short way and by the long one."""

import pytest

from flowlab import remote
from flowlab.tasks.call import KIND, Call, encode_call
from flowlab.tasks.objects import pickled


@remote(auto_load=True, auto_encode="pickle")
def told(ctx, *args, **keywords):
    """What arrived."""
    return args, keywords


@pytest.mark.parametrize(
    ("args", "keywords"),
    [
        ((), {}),
        ((1, "a", None), {}),
        ((), {"x": 2.5, "y": b"b"}),
        ((1, [2]), {"z": {3}}),  # a list takes the long way
    ],
)
@pytest.mark.parametrize("objects", ["none", "first", "all over"])
def test_values_and_objects_arrive_in_their_places(engine, args, keywords, objects):
    if objects == "none":
        expected, given, words = args, args, keywords
    elif objects == "first":
        expected, given, words = (7, *args), (pickled(7), *args), keywords
    else:
        expected, given = (*args, 8, 9), (*args, pickled(8), pickled(9))
        words, keywords = {**keywords, "last": pickled(10)}, {**keywords, "last": 10}
    assert engine.value(told(*given, **words)) == (expected, keywords)


def test_objects_alone_travel_as_nothing_but_their_places():
    task = told(pickled(1), pickled(2))
    assert task.kind == KIND
    assert task.config == encode_call(Call(b"", (), True, ("pickle",), (), (0, 1)))
