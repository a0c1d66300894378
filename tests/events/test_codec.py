"""What is encoded comes back; what was damaged is an error of ours."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlab.errors import LinkError, StoreError
from flowlab.events.codec import decode_entry, encode_entry, pack, unpack
from flowlab.events.messages import EngineLost, Entry, Noticed, Reported
from flowlab.model.ids import Assignment, EngineId, SessionId, TaskId
from flowlab.model.payload import Inline, Payload, Stored
from flowlab.model.specs import Failure, ObjectInfo
from tests.events.builders import noticed, object_id, opened, said, submitted, task_id

ENTRIES = [opened(1), submitted(2, 3), said(3), noticed(4)]

REPORT = Reported(
    EngineId(3),
    SessionId(1),
    started=((task_id(10), Assignment(1), 1.5),),
    finished=((task_id(11), Assignment(2), 1.0, 2.0, (ObjectInfo(object_id(12), 7),)),),
    failed=((task_id(13), Assignment(4), 1.0, 2.0, Failure("KeyError: 'x'", line=3)),),
    notes=((task_id(11), "debug", {"seen": "[1, 2]"}),),
)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: type(entry.event).__name__)
def test_an_entry_is_one_line_and_comes_back(entry):
    line = encode_entry(entry)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode_entry(line) == entry


def test_columns_come_back():
    entry = Entry(9, 3.25, SessionId(1), REPORT)
    assert decode_entry(encode_entry(entry)) == entry


def test_no_culprits_and_unknown_culprits_are_told_apart():
    for culprits in (None, ()):
        entry = Entry(1, 0.0, None, EngineLost(EngineId(1), "gone", culprits))
        assert decode_entry(encode_entry(entry)).event.culprits == culprits


def test_ids_up_to_the_largest_that_a_browser_holds_come_back():
    largest = TaskId(2**53 - 1)
    entry = Entry(1, 0.0, None, Reported(EngineId(0), SessionId(1), held_gil=(largest,)))
    assert decode_entry(encode_entry(entry)).event.held_gil == (largest,)


@given(st.text(st.characters(), max_size=50))
def test_any_text_stays_in_its_line(text):
    line = encode_entry(noticed(1, text))
    assert line.count(b"\n") == 1
    shown = text.encode("utf-8", "replace").decode()
    assert decode_entry(line).event.text == shown


def test_a_lone_surrogate_becomes_a_question_mark():
    entry = noticed(1, "file \udcff")
    assert decode_entry(encode_entry(entry)).event == Noticed("file ?")
    assert unpack(pack(entry), Entry).event == Noticed("file ?")


@given(st.binary(max_size=80))
def test_garbage_is_a_store_error(garbage):
    with pytest.raises(StoreError, match="no entry"):
        decode_entry(garbage)


@pytest.mark.parametrize(
    "line",
    [
        b'{"seq":1}',
        b'{"seq":1,"at":0.0,"session":null,"event":{"type":"Unheard"}}',
        b'{"seq":"1","at":0.0,"session":null,"event":{"type":"Noticed","text":"x"}}',
        b"[" * 100_000,
        b'{"seq":1,"at":0.0,"session":null,"event":{"type":"Noticed","text":"\xff"}}',
    ],
    ids=["too little", "an unknown event", "a wrong type", "too deep", "no UTF-8"],
)
def test_a_line_that_is_no_entry_says_so(line):
    with pytest.raises(StoreError, match="no entry"):
        decode_entry(line)


def test_messages_are_packed_with_bytes_and_integer_keys():
    payload = Payload(
        functions={"f": b"\0\xff"},
        configs={task_id(10): b"{}"},
        values={object_id(11): Inline(b"x"), object_id(12): Stored("host", "file", 9)},
    )
    assert unpack(pack(payload), Payload) == payload


def test_a_packed_message_may_be_read_from_a_view():
    assert unpack(memoryview(pack(ENTRIES[1])), Entry) == ENTRIES[1]


def test_a_surrogate_leaves_the_bytes_beside_it_alone():
    payload = Payload(functions={"f": b"\xff"}, sources={"f": "\ud800"})
    assert unpack(pack(payload), Payload) == Payload(functions={"f": b"\xff"}, sources={"f": "?"})
    for data in (memoryview(b"\xff"), bytearray(b"\xff")):
        assert msgspec.msgpack.decode(pack(["\ud800", data])) == ["?", b"\xff"]


@given(st.binary(max_size=80))
def test_a_frame_that_is_no_message_is_a_link_error(garbage):
    with pytest.raises(LinkError, match="no message"):
        unpack(garbage, Entry)
