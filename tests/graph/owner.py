"""A session without engines: it numbers what is declared, and notes what it is asked."""

from flowlab.graph.user import Wave
from flowlab.model.ids import SessionId, join_id
from flowlab.model.payload import Inline
from flowlab.shared.proxy import reference_of
from flowlab.staging.packed import Packed
from flowlab.tasks.bundles import BundledInputs
from flowlab.tasks.carried import CarriedObjects


class NoEngines:
    """Implements Owner; `added` and `asked` say what came."""

    def __init__(self, session_id=1, name="test"):
        self.session_id = SessionId(session_id)
        self.name = name
        self.added = []
        self.marked = []
        self.kept = set()
        self.wave = Wave()
        self.asked = []
        self.engines = 2
        self.bundles = BundledInputs(self)
        self.shared = CarriedObjects(self)
        self._last = join_id(self.session_id, 9)

    def next_id(self):
        self._last += 1
        return self._last

    def add(self, thing):
        thing.wave = self.wave
        self.added.append(thing)

    def mark(self, thing):
        self.marked.append(thing)

    def note_kept(self, obj):
        (self.kept.add if obj.kept else self.kept.discard)(obj)

    def store(self, object_id, value, label):
        return Inline(value.tobytes(), packed=isinstance(value, Packed))

    def bundled(self, kind, asked):
        return self.bundles.inputs(kind, asked)

    def refer(self, proxy):
        return reference_of(proxy), proxy.__reduce__()

    def carried(self, references):
        return self.shared.inputs(references)

    def stage_at(self, objects, url):
        self.asked.append(("stage", *objects, url))

    def submit(self):
        self.wave.submitted = True
        for thing in self.marked:
            thing.seal()
        self.wave, self.marked = Wave(), []

    def wait(self, items):
        self.asked.append(("wait", *items))

    def fetch(self, item):
        self.asked.append(("fetch", item))
        return b"fetched"

    def update(self, items):
        self.asked.append(("update", *items))

    def unkeep(self, items):
        self.asked.append(("unkeep", *items))
