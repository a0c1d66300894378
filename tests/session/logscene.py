"""A session's log with its neighbours, and a handler that can be stopped."""

import logging
import threading

from flowlab.events.messages import EngineJoined, Entry, Logged, SessionOpened, Submitted
from flowlab.model.ids import EngineId, HostId, SessionId, TaskId, join_id
from flowlab.model.logrow import LogRow
from flowlab.model.specs import TaskSpec
from flowlab.session.logs import Logs
from flowlab.session.mirror import Mirror

S = SessionId(1)
TASK = TaskId(join_id(S, 10))


class Link:
    """Notes what is posted and heard."""

    def __init__(self):
        self.posted, self.heard_seqs = [], []

    def post(self, event):
        self.posted.append(event)

    def post_late(self, *makes):
        assert [make() for make in makes] == [None]

    def heard(self, session, seq):
        self.heard_seqs.append((session, seq))


class Keep(logging.Handler):
    def __init__(self):
        super().__init__()
        self.records = []
        self.gate = threading.Event()
        self.gate.set()

    def emit(self, record):
        self.gate.wait(60)
        self.records.append(record)

    @property
    def texts(self):
        return [record.getMessage() for record in self.records]


class Scene:
    """A session's log with its neighbours."""

    def __init__(self):
        self.link, self.mirror = Link(), Mirror()
        self.logs = Logs(self.link, self.mirror)
        self.log = self.logs.open(S, "mine")
        self.log.logger.propagate = False
        self.log.logger.setLevel(logging.DEBUG)
        self.link.posted.clear()
        self.keep = Keep()
        self.log.logger.addHandler(self.keep)
        self.seq = 0
        opened = SessionOpened(S, "mine", "continue")
        self.mirror.take([Entry(1, 1.0, S, opened)])
        self.mirror.take([Entry(2, 1.0, S, Submitted(S, (), (TaskSpec(TASK, "python", "work"),)))])
        self.logs.take([Entry(3, 1.0, None, EngineJoined(EngineId(4), HostId("h"), name="a-host"))])

    def came(self, *texts, level=logging.INFO, session=S, engine=4):
        self.seq += 10
        rows = tuple(LogRow(1.0, level, "INFO", "node", text) for text in texts)
        task = TaskId(join_id(session, 10))
        event = Logged(task, 1, 1, engine, rows, sum(row.size for row in rows))
        self.logs.take([Entry(self.seq, 1.0, session, event)])
        return self.seq
