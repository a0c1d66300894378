"""Every message of a link survives the way, and a stranger's does not come in."""

import pytest

from flowlab.errors import LinkError
from flowlab.events.codec import pack, unpack
from flowlab.events.messages import Entry, Noticed, OnError, SessionOpened, TasksReady
from flowlab.model.limits import ENTRY_ROWS
from flowlab.model.payload import Inline, Payload, Stored
from flowlab.session.frames import (
    Ask,
    Attach,
    Attached,
    Down,
    Entries,
    Goodbye,
    Lease,
    Post,
    Taken,
    Told,
    Up,
    ValueIs,
    portions,
)

PAYLOAD = Payload({"f": b"\x00"}, {1 << 40: b"c"}, {"f": "é"}, {1 << 41: Inline(b"\xff")})


@pytest.mark.parametrize(
    "message",
    [
        Attach("link", 1, "2", 3, 4.0),
        Post(1, SessionOpened(1, "é", OnError.CONTINUE), PAYLOAD),
        Ask(1, "value", 1 << 52),
        Goodbye(),
        Lease(1.5),
    ],
)
def test_words_of_a_kernel(message):
    assert unpack(pack(message), Up) == message


@pytest.mark.parametrize(
    "message",
    [
        Attached(0, 3, "epoch"),
        Entries((Entry(1, 2.0, None, Noticed("x")),)),
        Taken(4),
        ValueIs(1, Stored("host", "/path", 3)),
        ValueIs(1, None, "gone"),
        Told(1, {"a": [1, None]}),
    ],
)
def test_words_of_a_scheduler_process(message):
    assert unpack(pack(message), Down) == message


def test_what_is_no_message_is_refused():
    with pytest.raises(LinkError):
        unpack(pack(Taken(1)), Up)


def ready(seq, count):
    return Entry(seq, 0.0, 1, TasksReady(tuple(range(count))))


@pytest.mark.parametrize(
    ("counts", "together"),
    [
        ([], []),
        ([0], [1]),
        ([1] * 10, [10]),
        ([ENTRY_ROWS // 2] * 5, [1, 1, 1, 1, 1]),  # an entry is a row, too
        ([ENTRY_ROWS // 2 - 1] * 5, [2, 2, 1]),
        ([1, 3 * ENTRY_ROWS, 1], [1, 1, 1]),  # an entry stays whole
    ],
)
def test_entries_come_in_order_and_in_messages_of_few_rows(counts, together):
    entries = [ready(seq, count) for seq, count in enumerate(counts)]
    messages = list(portions(entries))
    assert [len(message.entries) for message in messages] == together
    assert [entry for message in messages for entry in message.entries] == entries
