"""A claim is a frozen value; the ordinary one is one cpu."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlab.model.resources import ONE_CPU, Resources, describe_hosts, is_there

RESOURCES = st.builds(
    Resources,
    st.integers(1, 64),
    st.lists(st.tuples(st.text(), st.floats(0, 1e12)), max_size=3).map(tuple),
    st.lists(st.text(), max_size=3).map(tuple),
    st.lists(st.integers(0, 99) | st.text(min_size=1), max_size=3).map(tuple),
    st.booleans(),
)


def test_a_task_claims_one_cpu_unless_it_says_more():
    assert Resources() == ONE_CPU
    assert (ONE_CPU.cpus, ONE_CPU.amounts, ONE_CPU.limits) == (1, (), ())


def test_a_claim_is_frozen_and_can_be_a_key():
    with pytest.raises(AttributeError):
        ONE_CPU.cpus = 2
    assert {Resources(2): "x"}[Resources(2)] == "x"


@given(RESOURCES)
def test_a_claim_travels(resources):
    packed = msgspec.msgpack.encode(resources)
    assert msgspec.msgpack.decode(packed, type=Resources) == resources


def test_a_claim_of_an_older_row_has_the_defaults():
    assert msgspec.json.decode(b"[3]", type=Resources) == Resources(3)


def test_engines_and_hosts_are_named_in_one_list():
    assert is_there((), 3, "a")
    assert is_there(("a",), 3, "a")
    assert is_there(("b", 3), 3, "a")
    assert not is_there(("b", 4), 3, "a")


def test_hosts_are_told_with_their_engines():
    assert describe_hosts([(2, "b"), (1, "a"), (0, "b")]) == "a (engine 1), b (engines 0, 2)"
    assert describe_hosts([]) == "none"
