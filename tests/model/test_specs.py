"""Specs and infos are frozen rows that travel as they are."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlab.model.resources import Resources
from flowlab.model.specs import DataType, Failure, ObjectInfo, ObjectSpec, Place, TaskSpec

IDS = st.integers(0, 2**53 - 1)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
USER = st.dictionaries(WORDS, st.none() | st.booleans() | st.integers(-9, 9) | WORDS, max_size=2)
MANY = st.lists(IDS, max_size=4).map(tuple)
PLACES = st.builds(Place, WORDS, st.integers(0, 9999), st.none() | st.integers(0, 99))
ROWS = {
    ObjectSpec: st.builds(
        ObjectSpec, IDS, WORDS, st.sampled_from(DataType), WORDS, st.booleans(), st.booleans(),
        st.none() | IDS, USER,
    ),
    TaskSpec: st.builds(
        TaskSpec, IDS, WORDS, WORDS, MANY, st.lists(WORDS, max_size=4).map(tuple), MANY,
        st.builds(Resources, st.integers(1, 9)), WORDS, st.none() | st.integers(0, 9), PLACES, USER,
    ),
    ObjectInfo: st.builds(ObjectInfo, IDS, IDS, WORDS, USER),
    Place: PLACES,
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.__name__)
@given(st.data())
def test_a_row_travels_as_json_and_as_msgpack(row, data):
    value = data.draw(ROWS[row])
    for wire in (msgspec.json, msgspec.msgpack):
        assert wire.decode(wire.encode(value), type=row) == value


def test_a_row_is_a_list_and_not_a_map():
    assert msgspec.json.encode(ObjectInfo(7, 8)).startswith(b"[7,8")
    assert msgspec.json.encode(TaskSpec(7, "k")).startswith(b'[7,"k"')
    assert msgspec.json.encode(Place("f", 3)) == b'["f",3,null]'


def test_an_older_row_that_is_shorter_has_the_defaults():
    assert msgspec.json.decode(b'[7,"k"]', type=TaskSpec) == TaskSpec(7, "k")


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (ObjectSpec(1), "keep"),
        (TaskSpec(1, "k"), "name"),
        (ObjectInfo(1), "size"),
        (Failure("no"), "message"),
        (Place(), "line"),
    ],
)
def test_all_are_frozen(value, name):
    with pytest.raises(AttributeError):
        setattr(value, name, 1)


def test_what_is_not_said_is_the_ordinary_case():
    thing, task = ObjectSpec(1), TaskSpec(1, "python")
    assert (thing.data_type, thing.keep, thing.constant, thing.size_hint) == (
        "blob",
        *[False] * 2,
        None,
    )
    assert (task.inputs, task.outputs, task.resources.cpus, task.retries) == ((), (), 1, None)
    assert task.place == Place("", 0, None)


def test_the_user_values_of_two_specs_are_not_the_same_dict():
    assert ObjectSpec(1).user is not ObjectSpec(2).user


def test_a_data_type_is_its_word():
    assert [str(each) for each in DataType] == ["blob", "dir"]


def test_a_failure_has_empty_text_where_nothing_is_known():
    failure = Failure("no")
    assert (failure.traceback, failure.debug, failure.line) == ("", "", 0)
