"""Every message of the engine link survives its coding."""

import msgspec
import pytest

from flowlab.events.messages import Reported, Said
from flowlab.model.ids import EngineId, HostId
from flowlab.model.payload import Inline, Payload, Stored
from flowlab.model.specs import Failure, ObjectInfo, ObjectSpec
from flowlab.worker.messages import (
    Batch,
    Beat,
    Broken,
    Brought,
    Coming,
    Copied,
    Discarded,
    Dropped,
    Envelope,
    HandedBack,
    Hello,
    Interrupted,
    Piece,
    Refused,
    Report,
    Revoked,
    Stopped,
    Wanted,
    Welcome,
    Written,
)
from tests.worker.workshop import SESSION, batch, inline, job, object_id, task_id

ONE = object_id(1)
WHOLE = batch([job(1, inputs=[ONE], publish=True)], [lambda ctx: 1], values={ONE: inline(1)})
BODIES = [
    Batch(
        WHOLE.batch,
        WHOLE.session,
        WHOLE.jobs,
        WHOLE.on_error,
        Payload({"f": b"1"}, {task_id(1): b"2"}, {"f": "text"}, {ONE: Stored("h", "/p", 3)}),
        (Brought(ObjectSpec(ONE, "x"), ObjectInfo(ONE, 3, "pickle", {"a": [1]})),),
    ),
    Revoked(((task_id(1), 2),)),
    HandedBack(),
    Interrupted(task_id(1), 2),
    Dropped((ONE,), (SESSION,)),
    Welcome("epoch", EngineId(3)),
    Refused("no"),
    Hello(EngineId(3), "k", HostId("h"), 1, 2.5, 1, {"python": "3.11"}, "s", "", "b", ((1, 2),)),
    Report(
        Reported(
            EngineId(3),
            SESSION,
            finished=((task_id(1), 1, 1.5, 2.5, (ObjectInfo(ONE, 3),)),),
            failed=((task_id(2), 1, 1.5, 2.5, Failure("m", "t", "d", 4)),),
            notes=((task_id(1), "said", {"k": "1"}),),
        ),
        Payload(values={ONE: Inline(b"\x00\xff")}),
        (Said(task_id(1), 1, 1, "stdout", "text", 1.0),),
    ),
    Beat((task_id(1), 2), 0.5, 10),
    Wanted(7, Stored("h", "/p", 3, packed=True), 4),
    Coming(7, ONE, 3, True, "label"),
    Stopped(7),
    Discarded((ONE,), (SESSION,)),
    Written(7),
    Copied(7, Stored("h", "/p", 3)),
    Broken(7, "why"),
    None,
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: type(body).__name__)
def test_a_frame_comes_back_as_it_went(body):
    frame = msgspec.msgpack.encode(Envelope(4, 3, "epoch", body))
    assert msgspec.msgpack.decode(frame, type=Envelope) == Envelope(4, 3, "epoch", body)


def test_the_bytes_of_a_piece_are_read_where_they_came():
    data = bytes(range(256)) * 100
    frame = msgspec.msgpack.encode(Envelope(4, 3, "e", Piece(7, 5, 9, memoryview(data), True)))
    piece = msgspec.msgpack.decode(frame, type=Envelope).body
    assert (piece.transfer, piece.at, piece.size, piece.squeezed) == (7, 5, 9, True)
    assert piece.data == data
    assert piece.data.obj is frame
