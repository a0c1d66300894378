"""The journal of a client without a scheduler process."""

from flowlab.events.journal import read_journal
from flowlab.events.messages import OnError, SessionClosed, SessionOpened, Submitted
from flowlab.events.owner import Life, life_of
from flowlab.session.chronicle import Chronicle
from flowlab.session.client import Client
from flowlab.tasks.basic import Concat
from flowlab.tasks.objects import blob


def test_nothing_is_made_before_there_is_something_to_write(tmp_path):
    chronicle = Chronicle(lambda: tmp_path / "journal")
    chronicle.close()
    assert not list(tmp_path.iterdir())


def test_a_session_inside_the_kernel_is_seen_from_outside(tmp_path, monkeypatch):
    monkeypatch.setenv("FLOWLAB_DATA", str(tmp_path))
    with Client(inline=True) as client:
        assert not list(tmp_path.iterdir())  # nothing was submitted
        with client.new_session("seen") as session:
            out = Concat([blob(b"a")]).output
            out.keep()
            session.submit()
            assert out.fetch().get_bytes() == b"a"
            (place,) = (tmp_path / "journals").iterdir()
            reading = read_journal(place)
            assert life_of(reading.meta) is Life.LIVE
            events = [entry.event for entry in reading.entries]
            assert SessionOpened(session.session_id, "seen", OnError.FAIL_SESSION) in events
            assert any(isinstance(event, Submitted) for event in events)
    assert SessionClosed(session.session_id) in [each.event for each in read_journal(place).entries]
