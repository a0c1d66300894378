"""Every message of a link survives the way, and a stranger's does not come in."""

import pytest

from flowlab.errors import LinkError
from flowlab.events.codec import pack, unpack
from flowlab.events.messages import Entry, Noticed, OnError, SessionOpened
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
