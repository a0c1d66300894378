"""What travels with a function, and what does not."""

import pickle
import sys

import cloudpickle
import pytest

from flowlab.compat.pymw.code import wrap_function
from tests.graph.owner import NoEngines

SOURCE = "BASE = 10\ndef plus(n): return BASE + n\n"


@pytest.fixture
def module(place):
    (place / "fl_local.py").write_text(SOURCE)
    return __import__("fl_local")


def unpickled(remote, session):
    """The function as an engine gets it, which has no such module."""
    data = remote.code(session).data
    sys.modules.pop("fl_local")
    found = sys.path.pop(0)
    try:
        return pickle.loads(data)
    finally:
        sys.path.insert(0, found)


def test_a_function_of_a_local_file_travels_with_what_it_reads(module):
    session = NoEngines()
    remote = wrap_function(module.plus, [], [], session)
    assert unpickled(remote, session)(None, (1,))[0] == 11
    assert "fl_local" not in cloudpickle.list_registry_pickle_by_value()


def test_of_a_module_that_is_shipped_only_the_name(module):
    session = NoEngines()
    remote = wrap_function(module.plus, [], ["fl_local"], session)
    with pytest.raises(ModuleNotFoundError):
        unpickled(remote, session)


def test_what_is_installed_is_pickled_by_its_name():
    session = NoEngines()
    remote = wrap_function(pytest.approx, [], [], session)
    assert b"approx" in remote.code(session).data
    assert b"co_code" not in remote.code(session).data


def test_it_is_called_as_the_function():
    assert wrap_function(sorted, [], [], NoEngines()).task_name == "sorted"
