"""The front end's types are those of the messages."""

import re
import typing

import msgspec

from flowlab.events.messages import Entry, EventUnion
from flowlab.view.frames import Frame
from tests.wire.typescript import FILE, make


def declaration(name):
    return re.search(rf"export interface {name} \{{\n(.*?)\n\}}", make(), re.DOTALL)[1]


def test_the_types_are_fresh():
    assert FILE.read_text(encoding="utf-8") == make(), "run: python -m tests.wire.typescript"


def test_every_field_of_every_message_is_there_under_its_tag():
    for struct in (*typing.get_args(EventUnion), *typing.get_args(Frame)):
        found = declaration(struct.__name__)
        assert f'readonly type: "{struct.__name__}";' in found
        for field in msgspec.structs.fields(struct):
            assert f"readonly {field.encode_name}: " in found


def test_rows_are_tuples_in_the_order_of_the_wire():
    place = re.search(r"export type Place = readonly \[\n(.*?)\n\];", make(), re.DOTALL)[1]
    assert place.split() == [
        "file:",
        "string,",
        "line:",
        "number,",
        "cell:",
        "number",
        "|",
        "null,",
    ]


def test_an_entry_holds_any_event():
    assert "readonly event: EventUnion;" in declaration(Entry.__name__)


def test_the_union_of_events_is_closed():
    union = re.search(r"export type EventUnion = (.*);", make())[1]
    assert union.split(" | ") == [event.__name__ for event in typing.get_args(EventUnion)]
