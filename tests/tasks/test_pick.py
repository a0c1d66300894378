"""Results picked out of chunks."""

import pytest

from flowlab.errors import UsageError
from flowlab.model.specs import DataType
from flowlab.staging.instance import DataInstance
from flowlab.tasks.objects import pickled
from flowlab.tasks.pick import cut, declare_pick, join, pick, plain_value


def instance(value, content_type="pickle"):
    return DataInstance(DataType.BLOB, content_type, value)


def test_values_and_instances_are_joined_alike(engine):
    chunks = [[0, 1, 2, 3], engine.pickled([4, 5, 6, 7])]
    assert join(chunks, [(1, 4, 2), (0, 2, 1)]) == [1, 3, 4, 5]


def test_backwards():
    assert cut([0, 1, 2, 3], range(3, -1, -2)) == [3, 1]


def test_all_of_a_chunk_is_not_copied():
    values = [1, 2, 3]
    assert cut(values, range(3)) is values


def test_one_result_of_a_value_or_an_instance(engine):
    assert pick([1, 2], 1) == 2
    chunk = engine.pickled([[1], [2]])
    assert pick(chunk, 1) is pick(chunk, 1)  # a task that picks many does not decode it each time


def test_a_list_becomes_an_object_of_its_own(engine, session):
    chunks = [pickled([0, 1, 2]), pickled([3, 4])]
    made = declare_pick(chunks, [(2, 3, 1), (0, 2, 1)], "some", session, single=False)
    assert made.content_type == "pickle"
    assert engine.value(made.task) == [2, 3, 4]
    assert made.task.name == "some"


@pytest.mark.parametrize(
    ("value", "content"), [(b"x", b"x"), ("é", "é".encode()), ([1], None)], ids=["bytes", "str", ""]
)
def test_one_result_becomes_an_object_as_it_is(engine, session, value, content):
    made = declare_pick([pickled([0, value])], [(1, 2, 1)], "one", session, single=True)
    (found,) = engine.run(made.task)
    assert content is None or found.get_bytes() == content
    assert content is not None or found.load() == value


def test_what_an_instance_is_worth(engine):
    assert plain_value(engine.pickled(5)) == 5
    assert plain_value(engine.blob(b"raw")) == b"raw"
    with pytest.raises(UsageError, match="directory is no value"):
        plain_value(DataInstance(DataType.DIR, "dir", b""))
