"""Many sessions of one client, and clients of engines that somebody else has; on real engines."""

import asyncio
import threading

import ipyparallel
import pytest

from flowlab import Client, DataInstance, Session, blob, get_active_session, remote, tasks
from flowlab.errors import SessionError, TaskError, UsageError

pytestmark = pytest.mark.engines


def test_other_sessions_live_on_when_one_fails(client):
    with client.new_session("good") as good, client.new_session("bad") as bad:
        with good.bind_only():
            kept = tasks.Sleep(blob("fine"), 0.2)
            kept.output.keep()
        good.submit()
        tasks.Execute("exit 3", shell=True)
        bad.submit()
        with pytest.raises(TaskError, match="exit code 3"):
            bad.wait_all()
        for access in (bad.wait_all, bad.submit):
            with pytest.raises(TaskError, match="exit code 3"):
                access()
        assert kept.output.fetch().get_bytes() == b"fine"


def test_which_session_is_active_is_right_in_threads_and_coroutines(client):
    sessions = [client.new_session(f"s{number}") for number in range(4)]
    seen = {}

    async def declare(session):
        with session.bind_only():
            await asyncio.sleep(0.01)
            first = tasks.Concat([blob("a")])
            await asyncio.sleep(0.01)
            seen[session] = {first.owner, first.inputs[0].owner, get_active_session()}

    async def all_of_them():
        await asyncio.gather(*map(declare, sessions[:2]))

    threads = [threading.Thread(target=asyncio.run, args=(declare(s),)) for s in sessions[2:]]
    for thread in threads:
        thread.start()
    asyncio.run(all_of_them())
    for thread in threads:
        thread.join()
    assert seen == {session: {session} for session in sessions}
    for session in sessions:
        session.submit()
        session.wait_all()
        session.close()


def test_a_graph_that_is_refused_stays_declared_and_can_be_mended(session):
    task = tasks.Concat([blob("a")])
    task.output.keep()
    task.spec.user["odd"] = {1, 2}
    with pytest.raises(UsageError, match=r"spec.user must be JSON"):
        session.submit()
    assert (session.task_count, session.dataobj_count) == (1, 2)
    del task.spec.user["odd"]
    session.submit()
    assert task.output.fetch().get_bytes() == b"a"


def test_an_unfinished_object_may_be_let_go_and_is_computed_all_the_same(session, tmp_path):
    @remote(outputs=1)
    def note(ctx, path):
        with open(path, "w") as file:
            file.write("done")
        return b""

    slow = tasks.Sleep(blob(str(tmp_path / "note")), 0.3)
    task = note(str(tmp_path / "note"))
    slow.output.keep()
    task.output.keep()
    session.submit()
    slow.output.unkeep()
    task.output.unkeep()
    session.wait_all()
    assert (tmp_path / "note").read_text() == "done"
    with pytest.raises(UsageError, match="without keep flag"):
        slow.output.fetch()


def test_a_client_of_engines_that_somebody_else_has(client, tmp_path):
    theirs = ipyparallel.Client(client.describe()["connection_file"], timeout=10)
    try:
        with Client(cluster=theirs) as ours, ours.new_session() as session:
            task = tasks.Concat([blob("over "), blob("there")])
            task.output.keep()
            session.submit()
            result = task.output.fetch()
            assert isinstance(result, DataInstance)
            assert result.get_str() == "over there"
        assert sorted(theirs.ids) == sorted(
            each["governor_id"] for each in client.get_server_info()["governors"]
        )
    finally:
        theirs.close()


def test_sessions_end_with_their_client(new_client):
    client = new_client(1)
    sessions = [client.new_session(), client.new_session(default=True)]
    task = tasks.Sleep(blob("x"), 3600)
    sessions[1].submit()
    client.close()
    for session in sessions:
        assert isinstance(session, Session)
        assert not session.active
    with pytest.raises(SessionError, match="Session is closed"):
        task.wait()
