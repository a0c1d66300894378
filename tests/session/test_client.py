"""The client: nothing before need, everything gone behind; on real engines and without."""

import os
import signal
import subprocess
import sys
import time

import pytest

from flowlab import Client, blob, pickled, remote, tasks
from flowlab.cluster.reap import start_time
from flowlab.errors import ClusterError, NoActiveSession, SessionError, TaskError, UsageError
from flowlab.graph.active import active_session
from flowlab.model.limits import INLINE_OBJECT, MIB
from flowlab.staging import store
from flowlab.staging.host import host_id
from tests.session.declare import wait_until


def hello(session):
    parts = [blob("Hello ", session=session), blob("world!", session=session)]
    made = tasks.Concat(parts, session=session)
    made.output.keep()
    return made


def test_nothing_starts_before_the_first_submit(no_leaks):
    with Client(2) as client, client.new_session() as session:
        hello(session)
        assert client._run is None
        assert "not started" in repr(client)
        assert "first submit" in str(client.describe())
        assert client.get_server_info() == {"governors": [], "objects": []}
    assert client.closed


def test_sessions_have_numbers_from_one(no_leaks):
    with Client(inline=True) as client:
        first, second = client.new_session("a"), client.new_session(default=True)
        assert (first.session_id, second.session_id) == (1, 2)
        assert (first.name, second.name) == ("a", "Unnamed Session")
        assert active_session() is second
    for session in (first, second):
        assert not session.active
    with pytest.raises(NoActiveSession):
        active_session()


def test_a_closed_client_says_so(no_leaks):
    client = Client(inline=True)
    client.close()
    client.close()
    for access in (client.new_session, client.start, client.describe, client.get_server_info):
        with pytest.raises(SessionError, match="the client is closed"):
            access()


def test_an_interrupt_while_the_log_is_waited_for_leaves_nothing_behind(no_leaks, monkeypatch):
    def interrupt():
        raise KeyboardInterrupt

    client = Client(inline=True)
    session = client.new_session()
    hello(session)
    session.submit()
    session.wait_all()
    path = client._run.path
    monkeypatch.setattr(session._log, "finish", interrupt)
    with pytest.raises(KeyboardInterrupt):
        client.close()
    assert session.state == "closed"
    assert not path.exists()


@pytest.mark.parametrize(
    ("words", "error", "text"),
    [
        ({"n": 0}, UsageError, "at least 1"),
        ({"n": -1}, UsageError, "at least 1"),
        ({"n": "x"}, UsageError, "at least 1"),
        ({"n": True}, UsageError, "at least 1"),
        ({"linger": -1}, UsageError, "linger"),
        ({"linger": "x"}, UsageError, "linger"),
        ({"linger": True}, UsageError, "linger"),
        ({"linger": float("nan")}, UsageError, "linger"),
        ({"linger": float("inf")}, UsageError, "linger"),
        ({"engine_timeout": 0}, UsageError, "engine_timeout"),
        ({"store_size": 0}, UsageError, "store_size is a number of bytes"),
        ({"store_size": 1e9}, UsageError, "store_size is a number of bytes"),
        ({"prefault": -1}, UsageError, "prefault is a number of bytes, from 0 to"),
        ({"prefault": 1 << 40}, UsageError, "prefault is a number of bytes, from 0 to"),
        ({"spill": "no/such/place"}, UsageError, "spill is a directory"),
        ({"inline": True, "n": 2}, UsageError, "leave out n=2"),
        ({"inline": True, "profile": "x"}, UsageError, "leave out profile"),
        ({"listen": "10.0.0.1"}, UsageError, "listen is an address"),
        ({"listen": 5555}, UsageError, "listen is an address"),
        ({"cluster": "no-such-cluster"}, ClusterError, "ipcluster start"),
        ({"n": 2, "cluster": "x"}, UsageError, "not both"),
    ],
)
def test_bad_words_are_refused_at_once(words, error, text):
    with pytest.raises(error, match=text):
        Client(**words)


def test_an_unknown_way_to_fail_is_refused(no_leaks):
    with Client(inline=True) as client, pytest.raises(UsageError, match="'continue'"):
        client.new_session(on_error="never")


def test_inline_computes_in_this_process(no_leaks):
    with Client(inline=True) as client, client.new_session() as session:
        made = hello(session)
        session.submit()
        assert made.output.fetch().get_bytes() == b"Hello world!"
        assert client.describe()["kind"] == "inline"
        (engine,) = client.get_server_info()["governors"]
        assert (engine["objects"], engine["resources"]) == ([made.output.id], {"cpus": 1})


def test_what_has_no_room_in_the_store_lies_elsewhere(no_leaks, tmp_path_factory):
    place = tmp_path_factory.mktemp("spill")
    client = Client(inline=True, store_size=MIB, spill=place)
    with client, client.new_session() as session:
        parts = [blob(letter * 700_000) for letter in (b"A", b"B")]
        joined = tasks.Concat(parts)
        joined.output.keep()
        session.submit()
        assert joined.output.fetch().get_bytes() == b"A" * 700_000 + b"B" * 700_000
        (spilled,) = place.iterdir()
        assert len([path for path in spilled.glob("*/*") if path.name.isdecimal()]) == 2
    assert list(place.iterdir()) == []


@pytest.mark.engines
@pytest.mark.parametrize("inline", [True, False])
def test_large_objects_are_written_into_pages_made_beforehand(no_leaks, inline):
    with Client(1, inline=inline, prefault=16 * MIB) as client, client.new_session() as session:
        part = blob(b"A" * 700_000)
        first = tasks.Concat([part])
        first.output.keep()
        session.submit()
        first.output.fetch()
        place = client._run_directory().store
        pool = place / "pool"
        wait_until(lambda: pool.exists() and len(os.listdir(pool)) == 2)
        inodes = {path.stat().st_ino for path in pool.iterdir()}
        whole = tasks.Concat([part] * 10)
        whole.output.keep()
        session.submit()
        assert whole.output.fetch().get_bytes() == b"A" * 7_000_000
        (stored,) = place.glob(f"*/{whole.output.object_id}")
        assert stored.stat().st_ino in inodes


def test_a_full_store_fails_the_task_that_made_too_much_and_no_other(no_leaks, monkeypatch):
    monkeypatch.setattr(store, "_share", lambda directory: MIB)  # of the device to spill to
    with Client(inline=True, store_size=MIB) as client:
        session = client.new_session(on_error="continue")
        part = blob(b"A" * 700_000, label="part", session=session)
        twice, again = (tasks.Concat([part] * count, session=session) for count in (2, 1))
        third = tasks.Concat([part], session=session)
        for task in (twice, again, third):
            task.output.keep()
        session.submit()
        with pytest.raises(TaskError, match=r"no room.*store_size"):
            twice.output.fetch()
        assert again.output.fetch().get_bytes() == b"A" * 700_000
        with pytest.raises(TaskError, match=r"no room"):
            third.output.fetch()
        assert sorted(store.HostStore(client._run.store, host_id()).contents()) == sorted(
            [part.object_id, again.output.object_id]
        )


def test_too_many_cpus_are_refused_before_engines_start(no_leaks):
    with Client(2) as client, client.new_session() as session:
        with pytest.raises(UsageError, match="needs 3 cpus, and the largest host has 2"):
            remote(lambda ctx: b"", cpus=3)()
        assert session.task_count == 0
        assert client._run is None


@pytest.mark.engines
def test_engines_compute_and_go(no_leaks):
    said = []
    with Client(2, progress=said.append) as client, client.new_session() as session:
        big = blob(b"x" * (INLINE_OBJECT + 1))
        size = remote(lambda ctx, data: str(len(data.get_bytes())))(big)
        made = hello(session)
        size.keep_outputs()
        session.submit()
        assert made.output.fetch().get_bytes() == b"Hello world!"
        assert size.output.fetch().get_bytes() == str(INLINE_OBJECT + 1).encode()
        assert session.explain(made).state == "finished"
    assert any("engine" in text for text in said)


@pytest.mark.engines
def test_a_killed_scheduler_process_costs_nothing_that_was_reported(no_leaks, tmp_path):
    #   s0 ──▶ s1 ──▶ … with a line in a file for each run
    ran = tmp_path / "ran"

    @remote(auto_load=True, auto_encode="pickle")
    def step(_ctx, value, number):
        time.sleep(0.02)
        with open(ran, "a") as file:
            file.write(f"{number}\n")
        return value + number

    with Client(2) as client, client.new_session() as session:
        last = pickled(0)
        for number in range(100):
            last = step(last, pickled(number)).output
        last.keep()
        session.submit()
        for count in (10, 40):
            wait_until(
                lambda count=count: ran.exists() and ran.read_text().count("\n") >= count, 60
            )
            os.kill(client._reach.link._launcher.process.pid, signal.SIGKILL)
        assert last.fetch().load() == sum(range(100))
        times = ran.read_text().split()
        assert sorted(map(int, times)) == list(range(100))


def lines_of(path):
    return path.read_text().count("\n") if path.exists() else 0


@pytest.mark.engines
def test_a_failing_task_shows_the_users_own_lines(no_leaks):
    @remote
    def broken(_ctx):
        raise ValueError("what a pity")

    with Client(1) as client, client.new_session() as session:
        made = broken()
        session.submit()
        with pytest.raises(TaskError) as caught:
            made.wait()
    assert "ValueError: what a pity" in str(caught.value)
    assert 'raise ValueError("what a pity")' in caught.value.traceback


@pytest.mark.engines
def test_engines_that_cannot_be_had_are_an_error_and_no_hang(no_leaks, tmp_path, monkeypatch):
    profile = tmp_path / "ipython" / "profile_batch"
    profile.mkdir(parents=True)
    (profile / "ipcluster_config.py").write_text("c.Cluster.engine_launcher_class = 'slurm'\n")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.chdir(tmp_path)  # ipyparallel writes its batch script here
    with Client(1, profile="batch", engine_timeout=20) as client:
        session = client.new_session()
        made = hello(session)
        session.submit()
        with pytest.raises((ClusterError, TaskError), match=r"(?s)sbatch.*inline=True"):
            made.wait()


KERNEL = """
import sys, time
from flowlab import Client, remote
client = Client(2)
session = client.new_session()
with session.bind_only():
    @remote
    def busy(ctx):
        import subprocess
        subprocess.Popen(["sleep", "1000"])
        while True:
            pass
    for _ in range(2):
        busy()
session.submit()
told = []
session.follow(told.extend)
while sum(bool(getattr(entry.event, "started", ())) for entry in list(told)) < 2:
    time.sleep(0.01)
print("busy", flush=True)
time.sleep(1000)
"""


@pytest.mark.engines
def test_a_killed_kernel_leaves_nothing_behind(no_leaks):
    kernel = subprocess.Popen([sys.executable, "-c", KERNEL], stdout=subprocess.PIPE)
    assert kernel.stdout.readline() == b"busy\n"
    kernel.kill()
    kernel.wait()
    kernel.stdout.close()
    assert not start_time(kernel.pid)  # no_leaks sees to the rest
