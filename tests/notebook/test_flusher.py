"""One thread, that sleeps without news, takes ten turns a second at most, and ends."""

import threading
import time

import pytest

from flowlab.notebook.flusher import Flusher


class Turns:
    """Counts turns, with the time of each, and lets a test wait for so many."""

    def __init__(self, again=None):
        self.times = []
        self.threads = set()
        self.again = again
        self._changed = threading.Condition()

    def __call__(self):
        with self._changed:
            self.times.append(time.monotonic())
            self.threads.add(threading.current_thread())
            self._changed.notify_all()
        return self.again.pop(0) if self.again else None

    def wait(self, number, seconds=10):
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.times) >= number, seconds)


@pytest.fixture
def flushing():
    made = []

    def make(turns, gap=0.1):
        made.append(Flusher(turns, gap))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_there_is_no_thread_before_the_first_news(flushing):
    turns = Turns()
    flusher = flushing(turns)
    before = threading.active_count()
    assert not turns.times
    flusher.wake()
    turns.wait(1)
    assert threading.active_count() == before + 1


def test_a_thousand_wakes_are_few_turns(flushing):
    turns = Turns()
    flusher = flushing(turns)
    end = time.monotonic() + 0.55
    while time.monotonic() < end:
        flusher.wake()
    turns.wait(2)
    gaps = [b - a for a, b in zip(turns.times, turns.times[1:], strict=False)]
    assert min(gaps) >= 0.09
    assert len(turns.threads) == 1


def test_news_that_comes_in_a_turn_get_one_of_their_own(flushing):
    turns = Turns()
    flusher = flushing(lambda: (len(turns.times) < 2 and flusher.wake(), turns())[1], 0.0)
    flusher.wake()
    turns.wait(3)


def test_a_turn_may_ask_for_another_without_news(flushing):
    turns = Turns([0.01, 0.01, None])
    flushing(turns, 0.0).wake()
    turns.wait(3)


def test_closing_ends_the_thread_and_waits_for_its_turn(flushing):
    began, may_end, ended = threading.Event(), threading.Event(), []

    def turn():
        began.set()
        may_end.wait(10)
        ended.append(True)

    flusher = flushing(turn)
    flusher.wake()
    assert began.wait(10)
    threading.Timer(0.05, may_end.set).start()
    flusher.close()
    assert ended
    assert not [each for each in threading.enumerate() if each.name == "flowlab-flusher"]
    flusher.wake()
    flusher.close()
    assert not [each for each in threading.enumerate() if each.name == "flowlab-flusher"]


def test_a_turn_may_close_it(flushing):
    done = threading.Event()
    flusher = flushing(lambda: (flusher.close(), done.set())[0])
    flusher.wake()
    assert done.wait(10)


def test_a_turn_that_fails_is_told_once_and_the_next_is_taken(flushing, capsys):
    turns = Turns()

    def turn():
        turns()
        if len(turns.times) < 4:
            raise ValueError("odd")

    flusher = flushing(turn, 0.0)
    for number in range(1, 5):
        flusher.wake()
        turns.wait(number)
    flusher.close()
    assert len(turns.threads) == 1
    assert capsys.readouterr().err.count("ValueError: odd") == 1
