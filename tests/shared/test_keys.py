"""Keys: made from the run's, one for each manager, and nowhere to be seen."""

import pytest

from flowlab.errors import SharedObjectError
from flowlab.shared import keys


@pytest.fixture
def run():
    keys.remember_run("a-run", "secret")
    yield "a-run"
    keys.forget_run("a-run")


def test_each_manager_has_a_key_of_its_own(run):
    assert keys.key_of(run, "1") != keys.key_of(run, "2")
    assert keys.key_of(run, "1") == keys.key_of(run, "1")
    assert b"secret" not in keys.key_of(run, "1")


def test_a_process_without_keys_is_told_so():
    with pytest.raises(SharedObjectError, match="no key to the shared objects of that run"):
        keys.key_of("another-run", "1")


def test_a_run_that_is_over_is_forgotten(run):
    keys.forget_run(run)
    with pytest.raises(SharedObjectError):
        keys.key_of(run, "1")


def test_a_manager_needs_no_key_but_its_own():
    keys.remember_manager("b-run", "1", b"own")
    assert keys.key_of("b-run", "1") == b"own"
    with pytest.raises(SharedObjectError):
        keys.key_of("b-run", "2")
