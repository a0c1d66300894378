"""The union of events is closed, its families are apart, and each event travels."""

import typing
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlab.events import messages
from flowlab.events.codec import decode_entry, encode_entry
from flowlab.events.messages import (
    Entry,
    EventUnion,
    Fact,
    FactUnion,
    Trace,
    TraceUnion,
    Verdict,
    VerdictUnion,
)

EVENTS = typing.get_args(EventUnion)
FAMILIES = {Fact: FactUnion, Verdict: VerdictUnion, Trace: TraceUnion}

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)


def values(hint):
    """Values of a field's type."""
    if isinstance(hint, typing.NewType):
        return values(hint.__supertype__)
    if hint is int:
        return st.integers(0, 2**53 - 1)
    if hint is float:
        return st.floats(0, 4e9)
    if hint is str:
        return WORDS
    if hint is typing.Any:
        return st.none() | st.booleans() | WORDS
    if typing.get_origin(hint) is dict:
        return st.dictionaries(*map(values, typing.get_args(hint)), max_size=2)
    if typing.get_origin(hint) is tuple:
        parts = typing.get_args(hint)
        if parts[-1] is Ellipsis:
            return st.lists(values(parts[0]), max_size=3).map(tuple)
        return st.tuples(*map(values, parts))
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        fields = typing.get_type_hints(hint)
        return st.builds(hint, **{name: values(each) for name, each in fields.items()})
    if typing.get_args(hint):
        return st.one_of(*map(values, typing.get_args(hint)))
    return st.from_type(hint)  # None, bool and the enumerations


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_each_family_lists_all_its_events(family):
    assert set(typing.get_args(FAMILIES[family])) == set(family.__subclasses__())


def test_the_union_is_the_three_families_and_no_event_has_two():
    assert set(EVENTS) == {each for family in FAMILIES for each in family.__subclasses__()}
    assert len(EVENTS) == sum(len(typing.get_args(union)) for union in FAMILIES.values())


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
@given(st.data())
def test_an_event_travels(event, data):
    entry = Entry(1, 2.0, None, data.draw(values(event)))
    assert decode_entry(encode_entry(entry)) == entry


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_an_event_is_frozen_documented_and_tagged_by_its_name(event):
    assert event.__struct_config__.frozen
    assert event.__struct_config__.tag == event.__name__
    assert event.__doc__


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_no_event_holds_bytes(event):
    """User data goes beside the events: an event has no place for it."""
    assert "bytes" not in str(typing.get_type_hints(event))


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_names_are_free_in_the_browser(event):
    assert event.__name__ not in {"Event", "Record", "Node", "Element", "Error"}
    assert all(name.islower() for name in event.__struct_fields__)


def test_the_module_holds_its_values_and_nothing_that_does_something():
    source = Path(messages.__file__).read_text()
    assert "\ndef " not in source
    assert "    def " not in source
