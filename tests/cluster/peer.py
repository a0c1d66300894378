"""What tests of this room share: an engine's end of a link without a worker, and a tiny table."""

import os
import threading
import time
from collections import deque
from pathlib import Path

import msgspec
import zmq

from flowlab.cluster import preflight
from flowlab.errors import StoreError
from flowlab.model.ids import (
    Assignment,
    EngineId,
    ObjectId,
    SessionId,
    TaskId,
    join_id,
)
from flowlab.model.logrow import QUIET
from flowlab.model.payload import NOTHING, Inline
from flowlab.model.specs import ObjectInfo, ObjectSpec, TaskSpec
from flowlab.staging.host import host_id
from flowlab.worker.duplex import Duplex
from flowlab.worker.messages import Envelope, Hello, Refused, Welcome

SESSION = SessionId(1)


def thing(number):
    """An id of the tests' session."""
    return join_id(SESSION, number)


def wait_until(condition, seconds=20.0):
    """Wait for something to become true; its last value."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)
    return value


def hello(key, engine=0, pid=None, **changes):
    """What an engine says of itself that fits this process."""
    fields = {
        "engine": EngineId(engine),
        "key": key,
        "host": host_id(),
        "pid": pid or os.getpid(),
        "started": time.time(),
        "slots": 1,
        "versions": preflight.own_versions(),
        "store": "",
        "fault": "",
        "board": "",
    }
    return Hello(**{**fields, **changes})


class Peer:
    """A DEALER that speaks messages.py, in the test's own thread."""

    def __init__(self, address):
        self.context = zmq.Context()
        self.address = address
        self.duplex = Duplex()
        self.connect()

    def connect(self):
        """A new connection; what was under way on the old one is lost."""
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.connect(self.address)

    def drop(self):
        """Cut the connection."""
        self.socket.close()

    def put(self, envelope):
        self.socket.send(msgspec.msgpack.encode(envelope))

    def say(self, body):
        """A numbered message."""
        self.put(self.duplex.number(body))

    def aside(self, body):
        self.put(self.duplex.aside(body))

    def get(self, seconds=10.0):
        """The next frame, or None."""
        if not self.socket.poll(int(seconds * 1000)):
            return None
        return msgspec.msgpack.decode(self.socket.recv(), type=Envelope)

    def next(self, seconds=10.0):
        """The next message that is not an acknowledgement."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            envelope = self.get(max(0.0, deadline - time.monotonic()))
            if envelope is None:
                return None
            body = self.duplex.receive(envelope)
            if body is not None:
                return body
        return None

    def greet(self, word):
        """Say Hello; the answer, after which messages are numbered in the epoch."""
        self.aside(word)
        while True:
            envelope = self.get()
            assert envelope is not None, "no answer to Hello"
            if isinstance(envelope.body, Refused):
                return envelope.body
            if isinstance(envelope.body, Welcome):
                break
        self.duplex.renew(envelope.body.epoch)
        self.duplex.receive(envelope)
        for frame in self.duplex.resend():
            self.put(frame)
        return envelope.body

    def close(self):
        self.socket.close()
        self.context.term()


class Posted:
    """A door that remembers what went in, with when."""

    def __init__(self):
        self.events = deque()
        self.payloads = deque()
        self._lock = threading.Lock()

    def __call__(self, event, payload=NOTHING, *, then=None):
        with self._lock:
            self.events.append(event)
            self.payloads.append((event, payload))
        if then is not None:
            then()

    def clear(self):
        """Forget what was posted."""
        with self._lock:
            self.events.clear()
            self.payloads.clear()

    def of(self, kind):
        """Events of one kind, in order."""
        with self._lock:
            return [event for event in self.events if isinstance(event, kind)]

    def wait(self, kind, number=1, seconds=20.0):
        """The first `number` events of this kind, when they are there."""
        wait_until(lambda: len(self.of(kind)) >= number, seconds)
        return self.of(kind)

    def value(self, object_id):
        """The last value that came for an object."""
        for _, payload in reversed(self.payloads):
            if object_id in payload.values:
                return payload.values[object_id]
        raise KeyError(object_id)


class SmallTable:
    """An object table in memory."""

    def __init__(self):
        self.tasks, self.objects, self.configs = {}, {}, {}
        self.functions, self.values, self.points, self.levels = {}, {}, {}, {}

    def add(self, number, kind="python", inputs=(), outputs=(), **more):
        """Declare a task; inputs and outputs are numbers of objects."""
        config = more.pop("config", b"")
        spec = TaskSpec(
            TaskId(thing(number)),
            kind,
            inputs=tuple(ObjectId(thing(one)) for one in inputs),
            outputs=tuple(ObjectId(thing(one)) for one in outputs),
            **more,
        )
        self.tasks[spec.id] = spec
        self.configs[spec.id] = config
        for object_id in (*spec.inputs, *spec.outputs):
            self.objects.setdefault(object_id, ObjectSpec(object_id))
        return spec

    def constant(self, number, data, **more):
        """Declare a constant."""
        object_id = ObjectId(thing(number))
        self.objects[object_id] = ObjectSpec(object_id, constant=True, **more)
        self.values[object_id] = Inline(data)
        return object_id

    def task(self, task_id):
        return self.tasks[task_id]

    def object(self, object_id):
        return self.objects[object_id]

    def config(self, task_id):
        return self.configs[task_id]

    def function(self, key):
        return self.functions[key]

    def source(self, key):
        return ""

    def value(self, object_id):
        try:
            return self.values[object_id]
        except KeyError:
            raise StoreError(f"object {object_id} has no value") from None

    def stage_point(self, object_id):
        return self.points.get(object_id, "")

    def stage_points(self):
        return frozenset(self.points.values())

    def log_level(self, session):
        return self.levels.get(session, QUIET)

    def info(self, object_id):
        return ObjectInfo(object_id, content_type=self.objects[object_id].content_type)


ONE = Assignment(1)
STORE = Path("store")
