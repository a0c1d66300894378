"""What users see of specs and infos: Rain's names, fixed when it is time, and as JSON."""

import json
import pickle

import pytest

from flowlab.errors import UsageError
from flowlab.model.attributes import (
    DEBUG,
    Fixed,
    InputAttributes,
    object_attributes,
    object_known,
    task_attributes,
)
from flowlab.model.ids import ID, join_id
from flowlab.model.resources import Resources
from flowlab.model.specs import DataType, ObjectInfo, ObjectSpec, TaskSpec

A, B, C = (join_id(1, number) for number in (10, 11, 12))


def test_a_tasks_spec_has_rains_names():
    user = {"foo": 42}
    spec = TaskSpec(
        A, "execute", "a/b", (B, B), ("", "in"), (C,), Resources(4, (("gpus", 2.0),)), user=user
    )
    seen = task_attributes(spec, {"deep": [1]})
    assert (seen.id, seen.task_type, seen.name) == (ID(1, 10), "execute", "a/b")
    assert seen.inputs == (InputAttributes(ID(1, 11)), InputAttributes(ID(1, 11), "in"))
    assert seen.outputs == (ID(1, 12),)
    assert (seen.resources, seen.config) == ({"cpus": 4, "gpus": 2.0}, {"deep": [1]})
    assert seen.user is user


def test_an_objects_spec_has_rains_names():
    seen = object_attributes(ObjectSpec(B, "log", DataType.DIR, "dir", size_hint=7))
    assert (seen.id, seen.label, seen.data_type) == (ID(1, 11), "log", "dir")
    assert (seen.content_type, seen.size_hint, seen.user) == ("dir", 7, {})


def test_what_is_known_of_an_object_tells_its_debug_text_from_its_user_values():
    seen = object_known(ObjectInfo(B, 0, "json", {"by": "me", DEBUG: "said"}))
    assert (seen.error, seen.size, seen.content_type) == ("", 0, "json")
    assert (seen.debug, seen.user) == ("said", {"by": "me"})


def test_in_json_what_is_none_or_empty_is_left_out():
    plain = task_attributes(TaskSpec(A, "concat", outputs=(C,)))
    assert plain.to_json() == {
        "id": [1, 10], "task_type": "concat", "outputs": [[1, 12]], "resources": {"cpus": 1},
    }  # fmt: skip
    labelled = task_attributes(TaskSpec(A, "k", inputs=(B, C), labels=("a", ""), user={"x": [0]}))
    assert labelled.to_json()["inputs"] == [{"id": [1, 11], "label": "a"}, {"id": [1, 12]}]
    assert labelled.to_json()["user"] == {"x": [0]}
    obj = object_attributes(ObjectSpec(B, content_type="json"))
    assert obj.to_json() == {"id": [1, 11], "content_type": "json", "data_type": "blob"}
    assert object_known(ObjectInfo(B)).to_json() == {"size": 0}
    assert json.loads(json.dumps(labelled.to_json())) == labelled.to_json()


@pytest.mark.parametrize("name", ["task_type", "user", "new"])
def test_no_attribute_can_be_put_in_another_ones_place(name):
    with pytest.raises((AttributeError, TypeError)):
        setattr(task_attributes(TaskSpec(A, "k")), name, "x")


@pytest.mark.parametrize(
    "change",
    [
        lambda user: user.__setitem__("a", 2),
        lambda user: user.__delitem__("a"),
        lambda user: user.update(a=2),
        lambda user: user.setdefault("b", 2),
        lambda user: user.pop("a"),
        lambda user: user.popitem(),
        lambda user: user.clear(),
        lambda user: user.__ior__({"b": 1}),
    ],
)
def test_a_fixed_dictionary_refuses_every_change(change):
    user = Fixed({"a": 1})
    with pytest.raises(UsageError, match="`user` is fixed"):
        change(user)
    assert user == {"a": 1}
    assert pickle.loads(pickle.dumps(user)) == user
