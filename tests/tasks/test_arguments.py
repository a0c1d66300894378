"""Arguments on their way: objects inside them become inputs."""

import threading
import time
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlab.errors import UsageError
from flowlab.model.limits import CAPTURED_VALUE
from flowlab.tasks.arguments import pack, pack_arguments, pack_plain, unpack, unpack_plain
from flowlab.tasks.basic import Concat
from flowlab.tasks.execute import Execute
from flowlab.tasks.objects import blob


@dataclass
class Holder:
    inside: object


def there_and_back(value):
    """The value with `input 0`, `input 1`, … in the places of the objects that were found."""
    data, (found,), _ = pack([value])
    (again,) = unpack(data, [f"input {number}" for number in range(len(found))])
    return again, found


def test_plain_values_need_no_inputs():
    values = (1, "two", [3.0, None], {"four": {5}})
    assert there_and_back(values) == (values, [])


def test_objects_are_found_anywhere():
    a, b, c = blob("a"), blob("b"), blob("c")
    values, found = there_and_back([{"x": (a,)}, Holder([b]), lambda: c])
    assert found == [a, b, c]
    assert values[0] == {"x": ("input 0",)}
    assert values[1].inside == ["input 1"]
    assert values[2]() == "input 2"


def test_a_task_with_one_output_stands_for_it():
    task = Concat([])
    values, found = there_and_back([task])
    assert (values, found) == (["input 0"], [task.output])
    with pytest.raises(UsageError, match="returns multiple outputs"):
        pack([Execute("true", output_paths=["a", "b"])])


def test_the_same_object_twice_is_two_inputs():
    a = blob("a")
    values, found = there_and_back((a, a))
    assert values == ("input 0", "input 1")
    assert found == [a, a]


def test_a_generator_is_run_and_arrives_as_an_iterator():
    a = blob("a")
    values, found = there_and_back([(x for x in (1, a, 3))])
    assert list(values[0]) == [1, "input 0", 3]
    assert found == [a]


def test_values_keep_what_they_share_and_their_objects_apart():
    a, b, shared = blob("a"), blob("b"), []
    data, found, _ = pack([[a, shared], 1, {"b": b, "more": [a]}, shared])
    assert found == [[a], [], [b, a], []]
    first, one, last, again = unpack(data, ["A", "B", "A again"])
    assert (first[0], one, last) == ("A", 1, {"b": "B", "more": ["A again"]})
    assert first[1] is again
    assert unpack(*pack([])[:2]) == []


def test_what_is_filtered_or_mapped_arrives_too():
    a, b = blob("a"), blob("b")
    value, found = there_and_back(enumerate(x for x in (a, b) if x is a))
    assert list(value) == [(0, "input 0")]
    assert found == [a]


def test_what_cannot_be_pickled_is_said_with_the_call():
    with pytest.raises(UsageError, match=r"argument 1 \(lock\) of f\(\) cannot be pickled"):
        pack_arguments("f", [("1", threading.Lock())])


def test_large_arguments_are_refused_with_the_limit_and_the_remedy():
    with pytest.raises(Warning, match=r"256 KiB .*limits.CAPTURED_VALUE.*blob\(…\)") as caught:
        pack_arguments("f", [("1", bytes(CAPTURED_VALUE))])
    assert isinstance(caught.value, UsageError)
    data, _, _ = pack_arguments("f", [("1", bytes(CAPTURED_VALUE - 1000))])
    assert unpack(data, ()) == [bytes(CAPTURED_VALUE - 1000)]


class Slow:
    """Takes a while to pickle."""

    def __reduce__(self):
        end = time.thread_time() + 1.1
        while time.thread_time() < end:
            pass
        return Slow, ()


def test_arguments_that_take_long_to_pickle_are_refused_with_the_remedy():
    with pytest.raises(Warning, match=r"took 1\.\d s to pickle.*pickled\(…\)"):
        pack_arguments("f", [("1", Slow())])


PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.binary()
)


@given(st.lists(PLAIN, max_size=20), st.lists(st.integers(0, 20), max_size=400))
def test_plain_values_and_objects_take_a_short_way_to_the_same(values, places):
    things = [blob(b"a"), blob(b"b"), Concat([blob(b"c")])]
    mixed = [*values, *(things[place % 3] for place in places)]
    data, inputs, where = pack_plain(mixed)
    _, expected, _ = pack(mixed)
    assert inputs == [obj for part in expected for obj in part]
    standing = [f"input {number}" for number in range(len(inputs))]
    assert unpack_plain(data, standing, where) == [*values, *standing]


class Named(str):  # noqa: SLOT000 - as users write them
    """No plain text: it has a class that must arrive."""


@pytest.mark.parametrize("value", [[1], Named("a"), "a" * 2000, {}, Holder(1), len])
def test_all_else_takes_the_long_way(value):
    assert pack_plain([1, value]) is None


def test_many_plain_arguments_are_not_let_through_above_the_limit():
    values = [f"{number:01000}" for number in range(CAPTURED_VALUE // 1000 + 1)]
    assert pack_plain(values) is None
    with pytest.raises(UsageError, match="take"):
        pack_arguments("f", [(value, value) for value in values])
