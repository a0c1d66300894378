"""The property suite is strong enough: it catches each of these planted mistakes.

A mutant is the room compiled anew with one line changed; the same worlds as in test_properties.py
are played on it, with the same fixed seed.
"""

# mirrors: the whole room, whose property suite is put to the test

import importlib
import importlib.util
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

import flowlab.scheduler
from tests.scheduler.test_properties import BOUNDED, SchedulerMachine

pytestmark = pytest.mark.timeout(400)  # many worlds, on whatever machine this is

ROOM = Path(flowlab.scheduler.__file__).parent
SHARED = {"flowlab.scheduler.actions", "flowlab.scheduler.states"}  # the world compares by these
QUICK = settings(BOUNDED, max_examples=2000, phases=[Phase.generate])

MUTANTS = {
    "a task runs wherever there is room": (
        "hosts",
        "return not where or is_there(where, engine.id, engine.host.name)",
        "return True",
    ),
    "one more than a host's limit": (
        "hosts",
        "if limit.per_host and host.held.get((session.id, name), 0) >= limit.count:",
        "if limit.per_host and host.held.get((session.id, name), 0) > limit.count:",
    ),
    "who must be alone is followed by others": (
        "records",
        "            or self.group.resources.alone\n",
        "",
    ),
    "late reports are believed": (
        "reports",
        "if entry is None or entry[0] != assignment:\n        return None",
        "if entry is None:\n        return None",
    ),
    "a claim is freed by the first settled task": (
        "hosts",
        "    if batch.open:\n        return",
        "    if batch.open and not batch.claims:\n        return",
    ),
    "a reader is ready when its first input came": (
        "lineage",
        "if not task.missing and task.state is State.WAITING:",
        "if task.state is State.WAITING:",
    ),
    "objects that a later reader needs are dropped": (
        "removal",
        "if thing.kept or thing.waiting or thing.constant:",
        "if thing.kept or thing.constant:",
    ),
    "what stays in a batch is not made again": (
        "reports",
        "elif not thing.kept and not _has_reader_outside(task.session, thing, batch):",
        "elif not thing.kept:",
    ),
    "what a later piece of a submit reads is dropped": (
        "submits",
        "session.awaited.add(object_id)\n            thing.waiting += 1",
        "continue",
    ),
    "what was awaited is held for ever": (
        "submits",
        "            thing.waiting -= 1\n            loosen(books, session, thing)",
        "            continue",
    ),
    "readers of a lost object's maker wait for ever": (
        "lineage",
        "    elif thing.waiting or thing.kept:\n        remake(books, thing)",
        "    elif thing.kept:\n        remake(books, thing)",
    ),
    "dependents of a failed task are left waiting": (
        "endings",
        "    _skip_readers(books, lost, task.id, batch)\n    if first:",
        "    if first:",
    ),
    "a killer of engines is not counted": (
        "losses",
        "        task.failures += 1",
        "        task.failures += 0",
    ),
    "slots of wide tasks are not held": (
        "hosts",
        "    wanted = resources.cpus - 1",
        "    wanted = 0",
    ),
    "a free engine is overlooked when a claim ends": (
        "hosts",
        "            books.free[other.id] = other",
        "            pass",
    ),
    "outputs read elsewhere are not published": (
        "batches",
        "outside = thing.waiting > inner.get(thing, 0)",
        "outside = thing.waiting > inner.get(thing, 0) + 1",
    ),
    "nobody counts for a limit": (
        "hosts",
        "        session.held[name] = session.held.get(name, 0) + one",
        "        session.held[name] = session.held.get(name, 0)",
    ),
}


class _MutantLoader:
    """Compiles one module of the room from changed source."""

    def __init__(self, module, old, new):
        self.name = f"flowlab.scheduler.{module}"
        self.path = ROOM / f"{module}.py"
        source = self.path.read_text()
        assert source.count(old) == 1, f"the mutant of {module} is out of date"
        self.source = source.replace(old, new)

    def find_spec(self, name, path=None, target=None):
        return importlib.util.spec_from_loader(name, self) if name == self.name else None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(compile(self.source, str(self.path), "exec"), module.__dict__)


@contextmanager
def planted(module, old, new):
    """The mutant's Scheduler, in a module tree of its own."""
    before = {
        name: sys.modules.pop(name)
        for name in list(sys.modules)
        if name.startswith("flowlab.scheduler.") and name not in SHARED
    }
    loader = _MutantLoader(module, old, new)
    sys.meta_path.insert(0, loader)
    try:
        yield importlib.import_module("flowlab.scheduler.machine").Scheduler
    finally:
        sys.meta_path.remove(loader)
        for name in [one for one in sys.modules if one.startswith("flowlab.scheduler.")]:
            if name not in SHARED:
                del sys.modules[name]
        sys.modules.update(before)
        for name, original in before.items():
            setattr(flowlab.scheduler, name.rpartition(".")[2], original)


@pytest.mark.parametrize("mistake", MUTANTS)
def test_the_properties_catch(mistake):
    with planted(*MUTANTS[mistake]) as scheduler:
        machine = type("Mutant", (SchedulerMachine,), {"scheduler": scheduler})
        with pytest.raises(Exception) as caught:  # noqa: PT011 - any way of breaking will do
            run_state_machine_as_test(machine, settings=QUICK)
    assert not isinstance(caught.value, ImportError | SyntaxError)
