"""Readers get every entry once and in order, whenever they come and whoever appends."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlab.events.messages import EngineLost, Logged, Noticed, Reported, Said
from flowlab.events.stream import Stream
from flowlab.model.ids import EngineId, TaskId
from flowlab.model.logrow import LogRow
from tests.events.builders import SESSION, noticed, opened, said, submitted


class Listener:
    """A reader that keeps the batches it was given."""

    def __init__(self):
        self.batches = []

    def __call__(self, entries):
        self.batches.append(list(entries))

    @property
    def numbers(self):
        return [entry.seq for batch in self.batches for entry in batch]


def fact(stream, number=0):
    return stream.append(EngineLost(EngineId(number), "gone"), None, 1.0)


def trace(stream):
    return stream.append(Noticed("look"), None, 2.0)


def test_entries_are_counted_from_one_and_stamped():
    stream = Stream()
    first, second = fact(stream), stream.append(Noticed("x"), SESSION, 7.0)
    assert (first.seq, second.seq, stream.last) == (1, 2, 2)
    assert (second.at, second.session, second.event) == (7.0, SESSION, Noticed("x"))


def test_an_empty_stream_ends_before_its_first_number():
    assert Stream().last == 0
    assert Stream(first=8).last == 7


def test_numbers_go_on_where_a_replayed_journal_ended():
    stream = Stream()
    stream.extend([opened(1), submitted(2), said(5)])
    assert fact(stream).seq == 6


def test_a_replay_that_overlaps_adds_nothing_twice():
    stream = Stream()
    stream.extend([opened(1), submitted(2)])
    stream.extend([opened(1), submitted(2), noticed(3)])
    assert [entry.seq for entry in stream.entries()] == [1, 2, 3]


def test_a_replay_is_handed_on_like_all_else():
    stream, listener = Stream(), Listener()
    stream.subscribe(listener)
    stream.extend([opened(1), submitted(2)])
    stream.flush()
    assert listener.numbers == [1, 2]


def test_a_reader_hears_nothing_before_the_flush_and_then_one_batch():
    stream, listener = Stream(), Listener()
    stream.subscribe(listener)
    fact(stream)
    trace(stream)
    assert listener.batches == []
    stream.flush()
    stream.flush()
    assert [len(batch) for batch in listener.batches] == [2]


@pytest.mark.parametrize("after", range(7))
def test_a_replay_starts_at_any_point_and_runs_into_the_live_entries(after):
    stream, listener = Stream(), Listener()
    fact(stream)
    trace(stream)
    fact(stream)
    stream.flush()
    trace(stream)
    stream.subscribe(listener, after)
    fact(stream)
    stream.flush()
    fact(stream)
    stream.flush()
    assert listener.numbers == list(range(after + 1, 7))


def test_long_columns_come_back_as_they_were():
    stream = Stream()
    entry = submitted(1, 50)
    stream.extend([entry])
    report = stream.append(Reported(EngineId(1), SESSION), SESSION, 3.0)
    stream.flush()
    assert stream.entries() == [entry, report]
    listener = Listener()
    stream.subscribe(listener)
    stream.flush()
    assert listener.batches == [[entry, report]]


def test_old_traces_are_dropped_and_counted_and_facts_are_kept():
    stream = Stream(traces=3)
    for _ in range(5):
        trace(stream)
        fact(stream)
    assert [entry.seq for entry in stream.entries()] == [2, 4, 5, 6, 7, 8, 9, 10]
    assert stream.dropped_traces == 2


def test_a_live_reader_gets_traces_that_a_later_one_cannot():
    stream, listener = Stream(traces=3), Listener()
    stream.subscribe(listener)
    for _ in range(10):
        trace(stream)
    stream.flush()
    assert listener.numbers == list(range(1, 11))


def test_a_stopped_reader_hears_nothing_more():
    stream, listener = Stream(), Listener()
    stop = stream.subscribe(listener)
    fact(stream)
    stop()
    stop()
    stream.flush()
    assert listener.batches == []


def test_a_reader_that_raises_is_stopped_and_named_and_others_go_on():
    stream, listener = Stream(), Listener()
    calls = []

    def bad(entries):
        calls.append(len(entries))
        raise KeyError("oh")

    stream.subscribe(bad)
    stream.subscribe(listener)
    fact(stream)
    stream.flush()
    stream.flush()
    stream.flush()
    assert calls == [1]
    assert listener.numbers == [1, 2]
    assert "KeyError" in listener.batches[1][0].event.text


def test_a_reader_may_append_subscribe_and_stop():
    stream, listener, late = Stream(), Listener(), Listener()
    stops = []

    def busy(entries):
        if not stops[1:]:
            stops.append(stream.subscribe(late))
            fact(stream)
            stops[0]()
        stream.flush()  # does nothing here

    stops.append(stream.subscribe(busy))
    stream.subscribe(listener)
    fact(stream)
    stream.flush()
    assert listener.numbers == [1]
    stream.flush()
    assert listener.numbers == [1, 2]
    assert late.numbers == [1, 2]


def test_the_lock_is_free_while_a_reader_runs():
    stream = Stream()
    seen = []

    def other_thread_appends(entries):
        if seen:
            return
        thread = threading.Thread(target=fact, args=(stream,))
        thread.start()
        thread.join(10)
        seen.append(thread.is_alive())

    stream.subscribe(other_thread_appends)
    fact(stream)
    stream.flush()
    assert seen == [False]
    assert stream.last == 2


def test_many_threads_append_and_nothing_is_lost_or_doubled():
    stream, early = Stream(), Listener()
    stream.subscribe(early)
    late = [Listener() for _ in range(5)]
    done = threading.Event()

    def write():
        for number in range(500):
            fact(stream) if number % 3 else trace(stream)

    def hand_on():
        while not done.is_set():
            stream.flush()

    writers = [threading.Thread(target=write) for _ in range(4)]
    flusher = threading.Thread(target=hand_on)
    for thread in (flusher, *writers):
        thread.start()
    for listener in late:
        stream.subscribe(listener)
    for writer in writers:
        writer.join(60)
    done.set()
    flusher.join(60)
    stream.flush()
    for listener in (early, *late):
        assert listener.numbers == list(range(1, 2001))


@given(st.lists(st.sampled_from(["fact", "trace", "flush", "subscribe"]), max_size=40), st.data())
def test_every_reader_gets_what_is_above_its_point_once_and_in_order(steps, data):
    stream = Stream(traces=1000)
    listeners = []
    for step in steps:
        match step:
            case "fact":
                fact(stream)
            case "trace":
                trace(stream)
            case "flush":
                stream.flush()
            case "subscribe":
                after = data.draw(st.integers(0, stream.last))
                listeners.append((after, Listener()))
                stream.subscribe(listeners[-1][1], after)
    stream.flush()
    for after, listener in listeners:
        assert listener.numbers == list(range(after + 1, stream.last + 1))


def test_traces_are_bounded_by_their_text_too_and_the_others_are_counted():
    stream = Stream(text=1_000)
    row = LogRow(1.0, 20, "INFO", "mine", "x")
    for number in range(10):
        stream.append(Said(TaskId(1), 1, number, "stdout", "x" * 100, 1.0), SESSION, 1.0)
        stream.append(Logged(TaskId(1), 1, number, EngineId(0), (row,), 400), SESSION, 1.0)
        fact(stream)
    kept = [entry for entry in stream.entries() if not isinstance(entry.event, EngineLost)]
    assert len(kept) == 4  # 2 × (100 + 400)
    assert stream.dropped_traces == 16
    assert len(stream.entries()) == 14
