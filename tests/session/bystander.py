"""A pump whose turns are taken by the test, beside a cluster that only notes what it is asked."""

from math import inf

from flowlab.events.messages import (
    EngineJoined,
    OnError,
    Reported,
    SessionOpened,
    Submitted,
)
from flowlab.model.ids import ObjectId, SessionId, TaskId, join_id
from flowlab.model.payload import Inline, Payload
from flowlab.model.specs import ObjectInfo, ObjectSpec, TaskSpec
from flowlab.scheduler.actions import Drop
from flowlab.session.pump import Pump

ONE = SessionId(1)
TASK, MADE = TaskId(join_id(ONE, 10)), ObjectId(join_id(ONE, 11))
SUBMITTED = Submitted(ONE, (ObjectSpec(MADE, keep=True),), (TaskSpec(TASK, "k", outputs=(MADE,)),))
FINISHED = Reported(0, ONE, finished=((TASK, 1, 1.0, 2.0, (ObjectInfo(MADE, 4),)),))
VALUE = Payload(values={MADE: Inline(b"made")})


class Bystander:
    """A cluster that does nothing, and a journal, which note the order of what they are asked."""

    def __init__(self, journal=None):
        self.order = []
        self._journal = journal

    def start(self, post, table):
        self.order.append("start")

    def perform(self, action):
        self.order.append(action)
        if isinstance(action, Drop):
            raise TypeError("asked for by the test")

    def describe(self):
        return {}

    def close(self):
        self.order.append("close")

    def write(self, entries):
        self.order.append([type(entry.event) for entry in entries])
        if self._journal is not None:
            self._journal.write(entries)


def quiet_pump(beside, **parts):
    """A pump whose turns are taken by the test."""
    pump = Pump(lambda: beside, **{"journal": beside, "turn_seconds": inf, **parts})
    pump._cluster = beside
    return pump


def settle(pump):
    """Take turns until the inbox is empty."""
    while not pump._inbox.empty():
        pump.turn()


def open_and_submit(pump):
    pump.post(SessionOpened(ONE, "one", OnError.FAIL_SESSION))
    pump.post(EngineJoined(0, "host"))
    pump.post(SUBMITTED, Payload(configs={TASK: b"config"}))
