"""Kept objects live as long as somebody can name them."""

import gc
import os
import weakref

import pytest

from flowlab.graph.nodes import DataObject
from flowlab.session import kept as kept_module
from flowlab.session.kept import KeptObjects
from tests.graph.owner import NoEngines


@pytest.fixture
def let_go():
    return []


@pytest.fixture
def kept(let_go):
    return KeptObjects(let_go.append)


@pytest.fixture
def make():
    owner = NoEngines()
    return lambda: DataObject("one", owner, value=b"x")


def test_what_nobody_can_name_is_let_go(kept, let_go, make):
    obj, other = make(), make()
    number = obj.object_id
    kept.watch(obj)
    kept.watch(other)
    assert len(kept) == 2
    del obj
    gc.collect()
    assert let_go == [number]
    assert len(kept) == 1


def test_what_is_watched_twice_is_let_go_once(kept, let_go, make):
    obj = make()
    number = obj.object_id
    kept.watch(obj)
    kept.watch(obj)
    del obj
    gc.collect()
    assert let_go == [number]


def test_what_was_forgotten_is_not_let_go(kept, let_go, make):
    obj, other = make(), make()
    kept.watch(obj)
    kept.watch(other)
    kept.forget(obj)
    kept.forget(obj)
    del obj
    kept.clear()
    del other
    gc.collect()
    assert let_go == []


def test_a_forked_child_lets_nothing_go(kept, let_go, make):
    obj = make()
    kept.watch(obj)
    pid = os.fork()
    if pid == 0:
        del obj
        gc.collect()
        os._exit(len(let_go))
    assert os.waitpid(pid, 0)[1] == 0
    assert len(kept) == 1


def test_what_is_dropped_together_with_its_session_is_let_go(let_go):
    owner = NoEngines()
    owner.kept = KeptObjects(let_go.append)
    obj = DataObject("one", owner, value=b"x")
    obj.owner.kept.watch(obj)
    number = obj.object_id
    watching = weakref.ref(owner.kept)
    del owner, obj
    gc.collect()
    assert let_go == [number]
    gc.collect()
    assert watching() is None


def test_nothing_is_held_of_a_session_that_has_ended(kept, make):
    obj = make()
    kept.watch(obj)
    assert kept in kept_module._watching
    kept.forget(obj)
    assert kept not in kept_module._watching
    kept.watch(obj)
    kept.clear()
    assert kept not in kept_module._watching
