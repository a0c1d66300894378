"""What the list shows survives JSON, and says which kind it is."""

import msgspec

from flowlab.dashboard.rows import JournalRow, Listing, SessionRow, Standing
from flowlab.events.owner import Life
from flowlab.model.ids import SessionId
from flowlab.model.states import State
from flowlab.view.picture import SessionState


def test_a_listing_comes_back_from_json():
    counts = {State.FINISHED: 3, State.RUNNING: 1}
    session = SessionRow(SessionId(1), "<b>", SessionState.OPEN, 1.0, 2.0, counts, "no")
    listing = Listing(9.0, (JournalRow("j", Life.LIVE, 8.0, 100, True, (session,)),), 2)
    assert msgspec.json.decode(msgspec.json.encode(listing), type=Listing) == listing


def test_messages_say_what_they_are():
    for message in (Listing(1.0, ()), Standing(1.0, Life.FOREIGN, 0.0)):
        assert msgspec.to_builtins(message)["type"] == type(message).__name__
