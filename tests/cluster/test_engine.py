"""Our own engine: tasks come first, and what ipyparallel needs never ends it."""

import os
import queue
import signal

import ipyparallel
import psutil
import pytest

from flowlab.cluster import reap
from flowlab.cluster.engine import Turns
from flowlab.cluster.router import Router
from flowlab.cluster.run import RunDirectory
from flowlab.cluster.spawn import OwnEngines
from flowlab.staging.host import host_id
from flowlab.worker.messages import Welcome
from tests.cluster.peer import wait_until
from tests.conftest import make_engines

# --- turns


class Loop:
    """An event loop that has not begun to run."""

    def __init__(self):
        self.turns = []

    def add_callback(self, turn):
        self.turns.append(turn)


def test_turns_are_taken_in_order():
    turns, done = Turns(), []
    assert turns.io_loop is turns
    for number in range(3):
        turns.add_callback(lambda number=number: done.append(number))
    assert turns.take(0)
    assert done == [0]
    turns.take_all()
    assert done == [0, 1, 2]
    assert not turns.take(0)


def test_one_that_is_for_later_comes_then():
    turns, done = Turns(), []
    turns.call_later(0.01, lambda: done.append(1))
    assert not turns.take(0)
    assert turns.take(10)
    assert done == [1]


def test_an_event_loop_takes_over_what_waits_and_what_comes():
    turns, loop = Turns(), Loop()
    turns.add_callback("first")
    turns.pass_to(loop)
    turns.add_callback("second")
    assert loop.turns == ["first", "second"]
    turns.take_back()
    turns.add_callback(lambda: loop.turns.append("third"))
    assert turns.take(0)
    assert loop.turns[-1] == "third"


def test_there_is_time_when_nothing_has_come_for_a_while():
    turns, done = Turns(), queue.SimpleQueue()
    turns.add_callback(lambda: turns.add_callback(lambda: done.put("both")))
    turns.take_until_quiet()
    assert done.get_nowait() == "both"


def test_there_is_time_after_a_while_though_there_is_always_more(monkeypatch):
    monkeypatch.setattr("flowlab.cluster.engine._LONGEST", 0.05)
    turns = Turns()

    def again():
        turns.add_callback(again)

    again()
    turns.take_until_quiet()
    assert turns.take(0)


# --- an engine that finds no hub


class Desk:
    """Lets every engine in."""

    def __init__(self, router):
        self.router, self.words, self.said = router, [], []

    def greet(self, word):
        self.words.append(word)
        return Welcome(self.router.epoch, word.engine)

    def receive(self, engine, body, safe):
        safe()
        self.said.append(body)

    def tick(self, now):
        self.now = now

    def notice(self, text, level="info"):
        raise AssertionError(text)


@pytest.fixture
def run(tmp_path):
    here = RunDirectory.create(tmp_path / "base")
    yield here
    reap.end_all({}, here.run)
    here.remove()


@pytest.fixture
def desk(run):
    router = Router(run.engines_socket, run.key)
    desk = Desk(router)
    router.start(desk)
    yield desk
    router.close()


def start_engine(run, desk):
    """One engine, linked; gives its pid and its log."""
    places = {name: str(getattr(run, name)) for name in ("store", "boards", "sandboxes")}
    address = desk.router.address
    order = {"run": run.run, "host": host_id(), "address": address, "remote": "", "curve": ""}
    (pid,) = OwnEngines(run).start(
        1, {**order, "key": run.key, "own": "yes", "umask": str(0o022), **places}
    )
    (word,) = wait_until(lambda: desk.words)
    assert (word.engine, word.pid) == (0, pid)
    return pid, run.profile / "log" / "engine-0.log"


def test_it_links_without_a_controller_and_interrupts_do_not_end_it(run, desk):
    pid, _ = start_engine(run, desk)
    os.kill(pid, signal.SIGINT)
    heard = len(desk.said)
    wait_until(lambda: len(desk.said) > heard)
    assert reap.start_time(pid)


def test_a_controller_that_cannot_be_used_does_not_end_it(run, desk):
    pid, log = start_engine(run, desk)
    security = run.profile / "security"
    security.mkdir(exist_ok=True)
    file = security / f"ipcontroller-{run.run}-engine.json"
    file.write_text('{"half": ')  # it is still being written
    file.write_text('{"nothing": "of use"}')
    wait_until(lambda: "it goes on with tasks" in log.read_text(), 30)
    heard = len(desk.said)
    wait_until(lambda: len(desk.said) > heard)
    assert reap.start_time(pid)


def test_without_its_key_it_is_refused_and_says_so(run, desk):
    desk.router._key = b"another"
    engines = OwnEngines(run)
    places = {name: str(getattr(run, name)) for name in ("store", "boards", "sandboxes")}
    order = {"run": run.run, "host": host_id(), "address": desk.router.address, "remote": ""}
    engines.start(1, {**order, "curve": "", "key": run.key, "own": "yes", "umask": "", **places})

    def failed():
        engines.look()
        return engines.said

    assert "the key is not that of this run" in wait_until(failed)
    assert not desk.words


# --- an engine among others


@pytest.mark.engines
def test_ipyparallel_has_the_engines_under_the_same_numbers(engines):
    client = ipyparallel.Client(engines.cluster.describe()["connection_file"], timeout=10)
    try:
        pids = client[:].apply_sync(os.getpid)
        assert dict(zip(client.ids, pids, strict=True)) == {
            one.engine: one.pid for one in engines.joined
        }
        kernels = client[:].apply_sync(
            lambda: type(__import__("IPython").get_ipython().kernel).__name__
        )
        assert kernels == ["IPythonParallelKernel"] * 2
    finally:
        client.close(linger=0)


@pytest.mark.engines
def test_an_engine_at_rest_has_loaded_nothing_of_the_notebook_and_no_data_packages(no_leaks):
    bench = make_engines(1)
    try:
        bench.start(1)
        client = ipyparallel.Client(bench.cluster.describe()["connection_file"], timeout=10)
        # As text: a function would bring this module, and what that imports
        loaded = client[:].apply_sync(eval, "list(__import__('sys').modules)")
        client.close(linger=0)
    finally:
        bench.close()
    for modules in loaded:
        packages = {name.split(".", maxsplit=1)[0] for name in modules}
        assert not packages & {"anywidget", "ipywidgets", "jupyter_server", "fsspec", "pyflakes"}
        assert not packages & {"numpy", "pandas", "pyarrow", "matplotlib"}
        rooms = {".".join(name.split(".")[:2]) for name in modules if name.startswith("flowlab.")}
        assert not rooms & {"flowlab.notebook", "flowlab.session", "flowlab.scheduler"}
        assert "flowlab.worker" in rooms


@pytest.mark.engines
def test_the_nanny_is_no_orphan_of_the_engine_that_it_watches(engines):
    engine = psutil.Process(engines.joined[0].pid)
    nanny = next(one for one in engine.children() if "nanny" in " ".join(one.cmdline()))
    assert nanny.environ()["FLOWLAB_RUN"] == engines.run.run
    assert "FLOWLAB_ENGINE" not in nanny.environ()


@pytest.mark.engines
def test_files_beside_the_notebook_can_be_imported_and_take_no_modules_place(
    no_leaks, tmp_path, monkeypatch
):
    for name in ("code", "queue", "selectors", "cmd"):
        (tmp_path / f"{name}.py").write_text(f"raise SystemExit('{name} of the user')")
    (tmp_path / "beside.py").write_text("WORD = 'found'")
    monkeypatch.chdir(tmp_path)
    bench = make_engines(1)
    try:
        bench.start(1)
        client = ipyparallel.Client(bench.cluster.describe()["connection_file"], timeout=10)
        word = client[:].apply_sync(lambda: __import__("beside").WORD)
        client.close(linger=0)
        assert word == ["found"]
    finally:
        bench.close()
