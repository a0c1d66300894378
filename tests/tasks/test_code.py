"""Functions as they travel."""

import pickle
import threading

import pytest

from flowlab.errors import UsageError
from flowlab.tasks.code import pack_function


def test_a_function_is_named_by_what_it_is_and_brings_its_source():
    def double(number):
        return 2 * number

    packed = pack_function(double)
    assert pickle.loads(packed.data)(4) == 8
    assert packed.key == pack_function(double).key
    assert packed.source.strip().startswith("def double")
    assert packed.key != pack_function(lambda number: number).key


def test_a_function_without_a_source_travels_too():
    names = {}
    exec("def made(): return 1", names)
    packed = pack_function(names["made"])
    assert (pickle.loads(packed.data)(), packed.source) == (1, "")


def test_a_function_that_holds_what_cannot_travel_is_named():
    lock = threading.Lock()

    def locked():
        return lock

    with pytest.raises(UsageError, match=r"locked\(\) cannot be pickled: TypeError.* travel"):
        pack_function(locked)
