"""The ready-made types have what they say they have."""

import pytest

from flowlab.shared.catalog import HIDDEN, KINDS, describe, ready_made

ARGUMENTS = {"Barrier": (2,), "Semaphore": (2,), "BoundedSemaphore": (2,)}


@pytest.mark.parametrize("name", KINDS)
def test_all_that_is_exposed_is_there(name):
    thing = KINDS[name].make(*ARGUMENTS.get(name, ()))
    assert [each for each in KINDS[name].exposed if not hasattr(thing, each)] == []


def test_those_of_the_issue_are_there():
    assert {
        "dict", "list", "Queue", "Value", "Counter", "Event", "Lock", "RLock", "Semaphore",
        "Barrier",
    } <= KINDS.keys()  # fmt: skip


def test_one_waits_where_another_must_come():
    at_once = {name for name in KINDS if not KINDS[name].waits}
    assert at_once == {"dict", "list", "Value", "Counter"}


def test_the_logger_is_made_by_a_method_of_its_own():
    assert not HIDDEN.keys() & KINDS.keys()
    assert ready_made("Logger") is HIDDEN["Logger"]
    assert ready_made("Lock") is KINDS["Lock"]


def test_it_is_described_in_a_line():
    assert describe("Lock", "db") == "<shared Lock 'db'>"
    assert describe("Lock", "") == "<shared Lock>"
