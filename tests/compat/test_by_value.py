"""Functions of modules that no engine has."""

import sys

import cloudpickle
import pytest

from flowlab.compat.by_value import by_value, local_homes
from tests.stories import watching


@pytest.fixture
def local(tmp_path, monkeypatch):
    """A module that stands beside the user's programme."""
    (tmp_path / "fl_local.py").write_text("def work():\n    return 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import fl_local

    yield fl_local
    del sys.modules["fl_local"]


def test_functions_of_local_modules_are_found_and_those_of_packages_are_not(local):
    assert local_homes([local.work, cloudpickle.dumps, print]) == {"fl_local"}
    assert local_homes([local.work], ["fl_local.part"]) == set()


def test_inside_they_are_pickled_whole(local):
    by_name = cloudpickle.dumps(local.work)
    with by_value({"fl_local", "fl_gone"}):
        whole = cloudpickle.dumps(local.work)
    assert len(whole) > len(by_name)
    assert cloudpickle.dumps(local.work) == by_name


def test_what_the_user_registered_stays_so(local):
    cloudpickle.register_pickle_by_value(watching)
    try:
        with by_value({watching.__name__}):
            pass
        assert watching.__name__ in cloudpickle.list_registry_pickle_by_value()
    finally:
        cloudpickle.unregister_pickle_by_value(watching)
