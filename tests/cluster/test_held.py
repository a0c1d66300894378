"""Sessions that are held, and the engines that hear of it."""

from flowlab.cluster.held import HeldSessions
from flowlab.model.ids import EngineId, SessionId
from flowlab.worker.messages import LogHeld

ONE, TWO = SessionId(1), SessionId(2)


class Lines(list):
    """Two engines, and what they are told."""

    def lines(self):
        return frozenset([EngineId(0), EngineId(1)])

    def send_now(self, engine, body):
        self.append((engine, body))


def test_all_engines_hear_of_a_change_and_new_ones_of_what_holds():
    told = Lines()
    held = HeldSessions(told)
    held.change(ONE, held=True)
    held.change(TWO, held=True)
    held.change(TWO, held=False)
    held.change(TWO, held=False)
    for engine in (0, 1):
        assert [body for number, body in told if number == engine] == [
            LogHeld(ONE, held=True),
            LogHeld(TWO, held=True),
            LogHeld(TWO, held=False),
            LogHeld(TWO, held=False),
        ]
    told.clear()
    held.tell(EngineId(7))
    assert told == [(7, LogHeld(ONE, held=True))]
