"""The page of events is the one that the union of events gives."""

import typing

from flowlab.events.messages import EventUnion
from tests.wire.events_page import FAMILIES, PAGE, make


def test_the_page_is_fresh():
    made = make()
    assert PAGE.read_text(encoding="utf-8") == made, "run: python -m tests.wire.events_page"


def test_the_families_hold_every_event_once():
    found = [event for union, _ in FAMILIES.values() for event in typing.get_args(union)]
    assert len(found) == len(set(found))
    assert set(found) == set(typing.get_args(EventUnion))


def test_every_event_and_every_field_stands_in_the_page():
    page = make()
    for event in typing.get_args(EventUnion):
        section = page.partition(f"### {event.__name__}\n")[2].partition("\n#")[0]
        assert all(f"| `{field}` |" in section for field in event.__struct_fields__)
