"""Carriers without processes, bytes or sockets: what they are sent waits until the test lets it on.

A piece has its version for data; an object on a host is the version that it was made in, and one
that was put together from two versions, or with a gap, fails the test at once.
"""

from collections import Counter, defaultdict, deque

from flowlab.cluster.relay import Relay
from flowlab.model.ids import EngineId, HostId, ObjectId
from flowlab.model.limits import PIECE, UNDER_WAY
from flowlab.model.payload import Located, Staged, Stored
from flowlab.worker.messages import (
    Broken,
    Coming,
    Copied,
    Deposit,
    Deposited,
    Discarded,
    Load,
    Piece,
    Stopped,
    Unstaged,
    Wanted,
    Written,
)
from tests.cluster.peer import thing

HOME, B, C = HostId("home"), HostId("b"), HostId("c")
B1, B2, C1, C2 = map(EngineId, (1, 2, 11, 12))
X, Y, Z = (ObjectId(thing(number)) for number in (1, 2, 3))


class Sea:
    """Implements relay.Yard.

    made    (object, host) that came, in order, with their versions
    lost    (object, host, why, fault) of those that did not
    """

    def __init__(self):
        self.relay = Relay(HOME, self)
        self.hosts = {None: HOME}
        self.files = defaultdict(dict)  # host -> object -> (version, size)
        self.full = set()  # hosts whose stores take nothing
        self.point = {}  # url -> (object, version, size); version None: it was altered
        self.is_closed = False  # the stage point, to all
        self.owned = {}  # url -> (version, size), where owners keep files
        self.blind = set()  # hosts that cannot read there
        self.inboxes = defaultdict(deque)
        self.answers = defaultdict(deque)
        self.drafts = {}  # (place, transfer) -> [object, size, bytes written, version]
        self.made, self.lost = [], []
        self.sent = []  # (place, message)
        self.writes = 0  # to the stage point
        self.open = Counter()  # of pieces on each link and in each direction
        self.most = 0  # pieces between being asked for and being written, for one taker

    # what happens

    def join(self, engine, host):
        self.hosts[engine] = host
        self.relay.joined(engine, host)

    def kill(self, engine):
        host = self.hosts.pop(engine)
        self.inboxes.pop(engine, None)
        self.answers.pop(engine, None)
        self.open = Counter({key: count for key, count in self.open.items() if key[0] != engine})
        self.drafts = {key: draft for key, draft in self.drafts.items() if key[0] != engine}
        if host not in self.hosts.values():
            self.files.pop(host, None)
        self.relay.gone(engine)

    def make(self, object_id, host, pieces=3, version=1):
        """An object on its host; where it is."""
        self.files[host][object_id] = (version, pieces * PIECE - 1)
        return Stored(host, f"/{host}/{object_id}/{version}", pieces * PIECE - 1)

    def keep(self, object_id, host="", version=1):
        """An object that lies where its owner keeps it."""
        url = f"https://owner/{object_id}"
        self.owned[url] = (version, PIECE)
        return Located(url, HostId(host))

    def want(self, object_id, file, host, folder=""):
        return self.relay.want(object_id, file, "label", host, folder)

    # relay.Yard

    def send(self, place, message):
        assert place in self.hosts, "sent to an engine that is gone"
        self.sent.append((place, message))
        self.inboxes[place].append(message)
        if isinstance(message, Wanted | Piece):
            self.open[place, type(message)] += 1
            assert self.open[place, type(message)] == 1, "two pieces on one link"
        for end in self.relay.turns.ends.values():
            under_way = UNDER_WAY - end.credits
            assert 0 <= under_way <= UNDER_WAY
            self.most = max(self.most, under_way)

    def came(self, object_id, host, value):
        assert value.host == host
        self.made.append((object_id, host, int(value.path.split("/")[3])))

    def failed(self, object_id, host, why, fault):
        self.lost.append((object_id, host, why, fault))

    # carriers

    def moves(self):
        """Places where something waits: (place, whether it is the relay that reads)."""
        waiting = [(place, False) for place, box in self.inboxes.items() if box]
        return waiting + [(place, True) for place, box in self.answers.items() if box]

    def move(self, place, is_relay):
        """Let the first message of a queue be read."""
        if is_relay:
            asked, answer = self.answers[place].popleft()
            self.open[place, asked] -= 1
            self.relay.heard(place, answer)
        else:
            message = self.inboxes[place].popleft()
            answer = self._carry(place, message)
            if answer is not None:
                self.answers[place].append((type(message), answer))

    def calm(self):
        """Let all be read, in any order that is fair."""
        while moves := self.moves():
            for move in moves:
                self.move(*move)

    def _carry(self, place, message):
        files = self.files[self.hosts[place]]
        match message:
            case Wanted(transfer, file, at):
                object_id = ObjectId(int(file.path.split("/")[2]))
                if object_id not in files:
                    return Broken(transfer, "it is gone")
                version, size = files[object_id]
                left = min(PIECE, size - at)
                return Piece(transfer, at, left, memoryview(b"%d" % version))
            case Coming():
                draft = [message.object, message.size, 0, None]
                self.drafts[place, message.transfer] = draft
            case Piece():
                return self._write(place, message)
            case Stopped():
                self.drafts.pop((place, message.transfer), None)
            case Discarded():
                for object_id in message.objects:
                    files.pop(object_id, None)
            case Deposit():
                return self._deposit(message, files)
            case Load(transfer) if self.hosts[place] in self.full:
                return Broken(transfer, "no room", here=True)
            case Load(transfer) if Stopped(transfer) in self.inboxes[place]:
                return Broken(transfer, "it was called off")  # nothing of it is kept
            case Load():
                return self._load(message, self.hosts[place])
            case Unstaged(urls):
                for url in urls:
                    self.point.pop(url, None)
        return None

    def _deposit(self, message, files):
        object_id = ObjectId(int(message.file.path.split("/")[2]))
        if object_id not in files:
            return Broken(message.transfer, "it is gone", here=True)
        if self.is_closed:
            return Broken(message.transfer, "the point is closed")
        version, size = files[object_id]
        url = f"{message.folder}/{object_id}-{version}"
        if message.anew or url not in self.point:
            self.point[url] = (object_id, version, size)
            self.writes += 1
        return Deposited(message.transfer, Staged(url, size, str(version)))

    def _load(self, message, host):
        source = message.source
        if isinstance(source, Staged):
            _, version, size = self.point.get(source.url, (None, None, 0))
            if version is None or self.is_closed:
                return Broken(message.transfer, "it is not what was put there")
            assert str(version) == source.digest
        else:
            assert source.host in ("", host)
            if host in self.blind or source.url not in self.owned:
                return Broken(message.transfer, "it cannot be read")
            version, size = self.owned[source.url]
            if message.digest not in ("", str(version)):
                return Broken(message.transfer, "it was changed")
        self.files[host][message.object] = (version, size)
        file = Stored(host, f"/{host}/{message.object}/{version}", size)
        return Copied(message.transfer, file, str(version))

    def _write(self, place, piece):
        draft = self.drafts.get((place, piece.transfer))
        host = self.hosts[place]
        if draft is None or host in self.full:
            self.drafts.pop((place, piece.transfer), None)
            return Broken(piece.transfer, "no room")
        object_id, size, written, version = draft
        assert piece.at == written, "a gap"
        assert version in (None, bytes(piece.data)), "a mixture"
        draft[2:] = [written + piece.size, bytes(piece.data)]
        if draft[2] < size:
            return Written(piece.transfer)
        del self.drafts[place, piece.transfer]
        version = int(bytes(piece.data))
        self.files[host][object_id] = (version, size)
        return Copied(piece.transfer, Stored(host, f"/{host}/{object_id}/{version}", size))
