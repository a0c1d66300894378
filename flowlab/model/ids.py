"""Names for things: integers, so that a hundred thousand of them are one column.

A task's or an object's id carries its session in the upper bits. It is unique within a client,
and below 2**53, so that JavaScript can hold it.
"""

from typing import NamedTuple, NewType

SessionId = NewType("SessionId", int)
TaskId = NewType("TaskId", int)
ObjectId = NewType("ObjectId", int)
EngineId = NewType("EngineId", int)  # ipyparallel's id; never used again for another engine
BatchId = NewType("BatchId", int)
HostId = NewType("HostId", str)  # engines that share a store have the same
Assignment = NewType("Assignment", int)  # rises at each giving-out; late reports fail at it

LOCAL_BITS = 32
FIRST_LOCAL = 10  # Rain's sessions count from here


class ID(NamedTuple):
    """What the user sees of a task's or an object's id: `session/number`."""

    session_id: int
    id: int

    def __repr__(self) -> str:
        return f"{self.session_id}/{self.id}"


def join_id(session_id: SessionId, local: int) -> int:
    """The id of the thing that is number `local` in its session."""
    return session_id << LOCAL_BITS | local


def split_id(thing: int) -> ID:
    """Take a task's or an object's id apart."""
    return ID(thing >> LOCAL_BITS, thing & ((1 << LOCAL_BITS) - 1))


def session_of(thing: int) -> SessionId:
    """The session that a task or an object belongs to."""
    return SessionId(thing >> LOCAL_BITS)
