"""Objects whose bytes vanish under a fetch."""

import threading
from pathlib import Path

import pytest

from flowlab import Client, blob, remote
from flowlab.errors import CannotStore, StoreError, UsageError
from flowlab.model.limits import INLINE_OBJECT
from flowlab.model.payload import Stored
from flowlab.session import fetching
from tests.session.declare import constant, task

BIG = INLINE_OBJECT * 2


def vanish(session, obj):
    """Remove the file that holds an object."""
    value = session._reach.link.value(obj.object_id)
    assert isinstance(value, Stored)
    Path(value.path).unlink()


def test_an_object_whose_file_vanished_is_made_again(no_leaks):
    with Client(inline=True) as client, client.new_session() as session:
        made = remote(lambda ctx, n: b"x" * int(n.get_bytes()))(blob(str(BIG)))
        made.output.keep()
        session.submit()
        assert len(made.output.fetch().get_bytes()) == BIG
        vanish(session, made.output)
        assert len(made.output.fetch().get_bytes()) == BIG


def test_a_constant_that_vanished_cannot_be_made_again(session):
    obj = constant(session, b"x" * BIG)
    obj.keep()
    session.submit()
    obj.fetch()
    vanish(session, obj)
    with pytest.raises(StoreError, match="cannot read"):
        obj.fetch()


def test_a_value_outlives_its_object(session):
    made = task(session, inputs=[constant(session, b"c")])
    made.output.keep()
    session.submit()
    instance = made.output.fetch()
    made.output.unkeep()
    session.close()
    assert instance.get_bytes().startswith(b"c")
    assert instance.size == made.output.info.size


def test_an_object_that_is_unkept_under_a_fetch_is_an_error_and_no_hang(session, monkeypatch):
    made = task(session, "hang")
    made.output.keep()
    session.submit()
    waits = threading.Event()
    check = fetching._check_kept

    def check_and_say(reach, obj):
        check(reach, obj)
        waits.set()

    monkeypatch.setattr(fetching, "_check_kept", check_and_say)
    errors = []

    def fetch():
        try:
            made.output.fetch()
        except UsageError as error:
            errors.append(str(error))

    fetcher = threading.Thread(target=fetch)
    fetcher.start()
    assert waits.wait(10)
    session.unkeep([made.output])
    fetcher.join(10)
    assert not fetcher.is_alive()
    assert len(errors) == 1
    assert "was un-kept while it was fetched" in errors[0]


def test_an_object_that_is_unkept_while_it_is_made_again_is_an_error_and_no_hang(
    no_leaks, monkeypatch
):
    with Client(inline=True) as client, client.new_session() as session:
        made = remote(lambda ctx, n: b"x" * int(n.get_bytes()))(blob(str(BIG)))
        made.output.keep()
        session.submit()
        made.output.fetch()
        vanish(session, made.output)
        reopen = session._access.reopen

        def reopen_and_unkeep(task_id):
            reopen(task_id)
            session.unkeep([made.output])

        monkeypatch.setattr(session._access, "reopen", reopen_and_unkeep)
        with pytest.raises(UsageError, match="was un-kept while it was fetched"):
            made.output.fetch()


def test_what_this_host_has_no_room_for_is_not_made_again(session):
    obj = constant(session, b"x" * BIG)
    obj.keep()
    session.submit()
    obj.fetch()
    posted = []
    session._reach.link.value = lambda _: _raise(CannotStore("there is no room"))
    session._reach.link.post = posted.append
    with pytest.raises(CannotStore, match="no room"):
        obj.fetch()
    assert posted == []
    del session._reach.link.value, session._reach.link.post


def _raise(error):
    raise error
