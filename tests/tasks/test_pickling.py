"""Shared objects are found in whatever is pickled for a task."""

import multiprocessing.managers
import pickle
import sys

import cloudpickle
import pytest

from flowlab.model.ids import HostId
from flowlab.shared.proxy import Reference, Where, make_proxy, reference_of
from flowlab.tasks.pickling import dumps, may_share

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # as a notebook's are

LOCK = make_proxy(
    Reference(
        Where("run", "1", HostId("here"), ("127.0.0.1", 1), None),
        "7", "Lock", "db", ("acquire", "release"), (), True, "Lock",
    )
)  # fmt: skip


class Box:
    def __init__(self, thing):
        self.thing = thing


@pytest.mark.parametrize(
    "value",
    [LOCK, [1, {"a": LOCK}], Box([LOCK]), lambda: LOCK, (LOCK.acquire, 1)],
    ids=["itself", "nested", "attribute", "captured", "method"],
)
def test_it_is_found_however_deep(session, value):
    data, shared = dumps(value, session)
    assert may_share(data)
    assert shared == (reference_of(LOCK),)


def test_what_has_none_is_pickled_once(session):
    data, shared = dumps([1, "a"], session)
    assert (pickle.loads(data), shared) == ([1, "a"], ())


def test_a_word_is_no_object(session):
    """The name of our module may stand in any text."""
    data, shared = dumps("flowlab.shared.proxy", session)
    assert may_share(data)
    assert (pickle.loads(data), shared) == ("flowlab.shared.proxy", ())


def test_nobodys_are_not_noted():
    assert dumps(LOCK, None)[1] == ()


def test_those_of_another_manager_are_the_owners_to_judge(session):
    class Foreign(multiprocessing.managers.BaseProxy):
        def __init__(self):
            self._token, self._serializer = None, "pickle"

    session.refer = lambda proxy: ("noted", (str, ("stands for it",)))
    data, shared = dumps([Foreign()], session)
    assert (pickle.loads(data), shared) == (["stands for it"], ("noted",))
