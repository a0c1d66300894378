"""The scheduler process killed under a running graph: another one goes on from the journal."""

import os
import signal
from collections import Counter

import pytest

from flowlab.cluster.reap import start_time
from flowlab.errors import ClusterError, TaskError
from flowlab.events.messages import OnError
from flowlab.session.records import FINISHED
from flowlab.session.remote import RemoteLink
from tests.session.declare import constant, task, update, wait_until

TASKS = 60


def finished(session):
    mirror = session._reach.mirror
    record = mirror.sessions.get(session.session_id)
    return [] if record is None else [t for t, r in record.tasks.items() if r.state == FINISHED]


def kill(link):
    process = link._launcher.process
    os.kill(process.pid, signal.SIGKILL)
    return process.pid


def times_run(run):
    return Counter(int(line) for line in (run.path / "ran").read_text().split())


def test_nothing_reported_is_done_twice_and_the_result_is_right(ways):
    #   c ──▶ t0 ──▶ t1 ──▶ … ──▶ t59, and the process is killed twice meanwhile
    link = ways.remote()
    session = ways.session(link)
    last = constant(session, b"c")
    tasks = []
    for _ in range(TASKS):
        made = task(session, "sleep 0.02", [last])
        last = made.output
        tasks.append(made)
    # The cluster of these tests dies with the process: what it did not publish has to be made again
    session.keep_all()
    session.submit()
    known = set()
    for count in (10, 30):
        wait_until(lambda count=count: len(finished(session)) >= count, 30)
        epoch = link.epoch
        known.update(finished(session))
        kill(link)
        wait_until(lambda epoch=epoch: link.epoch != epoch, 30)
    numbers = b"".join(b"%d." % made.id.id for made in tasks)
    assert last.fetch().get_bytes() == b"c" + numbers
    ran = times_run(ways.run)
    assert set(ran) == {made.task_id for made in tasks}
    assert [ran[task_id] for task_id in known] == [1] * len(known)


def test_what_is_posted_while_nobody_listens_arrives_once(ways):
    link = ways.remote()
    session = ways.session(link)
    first = task(session)
    first.output.keep()
    session.submit()
    first.wait()
    seen = []
    session.follow(seen.extend)
    kill(link)
    later = [task(session, inputs=[first.output]) for _ in range(20)]
    for each in later:
        each.output.keep()
    session.submit()
    session.wait_all()
    assert [each.output.fetch().get_bytes() for each in later] == [
        b"10.%d." % each.id.id for each in later
    ]
    seqs = [entry.seq for entry in seen]
    assert seqs == sorted(set(seqs))
    assert [type(entry.event).__name__ for entry in seen].count("Submitted") == 2


def test_a_failed_session_stays_failed_and_closed_ones_closed(ways):
    link = ways.remote()
    session = ways.session(link, OnError.FAIL_SESSION)
    bad = task(session, "fail")
    session.submit()
    with pytest.raises(TaskError, match="asked for"):
        bad.wait()
    epoch = link.epoch
    kill(link)
    wait_until(lambda: link.epoch != epoch, 30)
    with pytest.raises(TaskError, match="asked for"):
        session.wait_all()
    session.close()


def test_a_process_that_cannot_start_is_an_error_with_its_own_words(ways):
    starter = ways.starter()
    starter._factory = "tests.session.answering:nobody"
    link = RemoteLink(lambda: starter)
    session = ways.session(link)
    made = task(session)
    session.submit()
    with pytest.raises(ClusterError, match=r"(?s)scheduler process.*nobody"):
        made.wait()
    link.close()


def test_a_goodbye_ends_the_process_and_removes_the_run(ways):
    link = ways.remote()
    session = ways.session(link)
    made = task(session, "hang")
    session.submit()
    wait_until(lambda: made.state != update(made).state or made.state == "running", 30)
    pid = link._launcher.process.pid
    link.close()
    assert not start_time(pid)
    assert not ways.run.path.exists()
    assert not ways.run.store.exists()
