"""What an engine keeps and forgets."""

import cloudpickle

from flowlab.model.attributes import object_attributes
from flowlab.model.payload import Inline, Payload, Stored
from flowlab.model.specs import DataType, ObjectInfo, ObjectSpec
from flowlab.worker.memory import Held, Memory
from flowlab.worker.messages import Brought
from tests.worker.workshop import SESSION, object_id


def blob(data):
    return Held(Inline(data), DataType.BLOB, "", {})


def test_a_value_comes_with_what_must_be_known_to_read_it():
    memory = Memory()
    one = object_id(1)
    spec = ObjectSpec(one, "x", DataType.DIR, "dir")
    info = ObjectInfo(one, 3, "dir", {"by": "me"})
    memory.learn(Payload(values={one: Inline(b"abc")}), [Brought(spec, info)])
    instance = memory.get(one).instance()
    assert (instance.data_type, instance.content_type) == (DataType.DIR, "dir")
    assert (instance.get_bytes(), instance.user) == (b"abc", {"by": "me"})
    assert instance.spec == object_attributes(spec)


def test_each_instance_has_its_own_user_dictionary():
    memory = Memory()
    memory.keep(object_id(1), Held(Inline(b""), DataType.BLOB, "", {"a": 1}))
    memory.get(object_id(1)).instance().user["a"] = 2
    assert memory.get(object_id(1)).instance().user == {"a": 1}


def test_above_the_limit_the_oldest_go_but_none_that_is_needed():
    memory = Memory(limit=25)
    for number in (1, 2, 3, 4):
        memory.keep(object_id(number), blob(b"x" * 10))
    memory.trim(lambda: {object_id(1)})
    assert [number for number in (1, 2, 3, 4) if memory.get(object_id(number))] == [1, 4]


def test_below_the_limit_nobody_is_asked_what_is_needed():
    Memory().trim(lambda: 1 / 0)


def test_objects_and_sessions_are_dropped():
    memory = Memory()
    for number in (1, 2):
        memory.keep(object_id(number), blob(b"x"))
    memory.drop([object_id(1)], ())
    assert memory.get(object_id(1)) is None
    memory.drop((), [SESSION])
    assert memory.get(object_id(2)) is None


def test_a_function_is_unpickled_once():
    memory = Memory()
    memory.learn(Payload(functions={"f": cloudpickle.dumps(lambda: 1)}), ())
    assert memory.has_function("f")
    assert memory.has_function("")
    assert not memory.has_function("g")
    assert memory.function("f") is memory.function("f")


def test_a_stored_value_weighs_nothing_and_may_be_gone(tmp_path):
    held = Held(Stored("here", str(tmp_path / "none"), 10**12), DataType.BLOB, "", {})
    assert not held.is_there()
    memory = Memory(limit=1)
    memory.keep(object_id(1), held)
    memory.trim(lambda: 1 / 0)
    assert memory.get(object_id(1)).info(object_id(1)).size == 10**12
