"""The contract that both links keep: facts in, entries out, questions answered."""

import threading

import pytest

from flowlab.errors import LinkError, StoreError
from flowlab.events.messages import OnError, SessionClosed, SessionOpened, Submitted
from flowlab.model.ids import ObjectId, SessionId, TaskId, join_id
from flowlab.model.payload import NOTHING, Inline, Payload
from flowlab.model.specs import ObjectSpec, TaskSpec
from flowlab.session.frames import ValueIs
from flowlab.session.link import Questions

SESSION = SessionId(1)
TASK = TaskId(join_id(SESSION, 10))
MADE = ObjectId(join_id(SESSION, 11))


class Collector:
    """A reader that can be waited for."""

    def __init__(self):
        self.entries = []
        self._changed = threading.Condition()

    def __call__(self, entries):
        with self._changed:
            self.entries += entries
            self._changed.notify_all()

    def kinds(self):
        return [type(entry.event).__name__ for entry in self.entries]

    def wait_for(self, kind, count=1):
        with self._changed:
            assert self._changed.wait_for(lambda: self.kinds().count(kind) >= count, 20), (
                self.kinds()
            )


def submit_one(link, config=b""):
    link.post(SessionOpened(SESSION, "one", OnError.FAIL_SESSION))
    fact = Submitted(
        SESSION, (ObjectSpec(MADE, keep=True),), (TaskSpec(TASK, "answer", outputs=(MADE,)),)
    )
    link.post(fact, Payload(configs={TASK: config}))


def test_facts_go_in_and_entries_come_out_in_order(link):
    seen = Collector()
    link.follow(seen)
    submit_one(link)
    link.start()
    seen.wait_for("Reported")
    assert [entry.seq for entry in seen.entries] == list(range(1, len(seen.entries) + 1))
    assert link.value(MADE) == Inline(b"10.")


def test_a_fact_may_be_made_when_it_leaves(link):
    seen, made = Collector(), []

    def make():
        made.append(threading.current_thread())
        fact = SessionOpened(SESSION, "late", OnError.CONTINUE)
        return (fact, NOTHING) if len(made) > 1 else None

    link.follow(seen)
    link.post_late(make)
    link.post_late(make)
    link.start()
    seen.wait_for("SessionOpened")
    assert len(made) == 2
    assert threading.current_thread() not in made


def test_what_is_made_late_keeps_its_place(link):
    seen = Collector()
    link.follow(seen)
    link.start()
    names = [str(number) for number in range(40)]
    for name in names:
        fact = SessionOpened(SESSION, name, OnError.CONTINUE)
        if int(name) % 2:
            link.post(fact)
        else:
            link.post_late(lambda fact=fact: (fact, NOTHING))
    link.post(SessionClosed(SESSION))
    seen.wait_for("SessionClosed")
    opened = [entry.event for entry in seen.entries if isinstance(entry.event, SessionOpened)]
    assert [event.name for event in opened] == names


def test_what_was_posted_before_the_start_is_not_lost(link):
    submit_one(link)
    seen = Collector()
    link.start()
    link.follow(seen)
    seen.wait_for("Reported")


def test_a_reader_that_comes_late_gets_everything_again(link):
    first, second, third = Collector(), Collector(), Collector()
    link.follow(first)
    submit_one(link)
    link.start()
    first.wait_for("Reported")
    link.follow(second)
    second.wait_for("Reported")
    assert second.entries[: len(first.entries)] == first.entries
    link.follow(third, after=2)
    third.wait_for("Reported")
    assert third.entries[0].seq == 3


def test_a_reader_that_stopped_gets_no_more(link):
    seen, stopped = Collector(), Collector()
    link.follow(seen)
    link.follow(stopped)()
    submit_one(link)
    link.start()
    seen.wait_for("Reported")
    assert stopped.entries == []


def test_a_value_that_nobody_has_is_an_error(link):
    link.start()
    with pytest.raises(StoreError, match="has no value"):
        link.value(ObjectId(join_id(SESSION, 99)))


def test_people_are_told_how_it_stands(link):
    seen = Collector()
    link.follow(seen)
    submit_one(link, b"hang")
    link.start()
    seen.wait_for("Reported")
    assert link.describe()["kind"] == "answering"
    assert link.inventory()["engines"][0]["tasks"] in ([TASK], (TASK,))
    told = link.explain(TASK)
    assert told["state"] == "running"
    assert "engine" in told["sentences"][0]


def test_a_closed_link_says_so_and_takes_no_harm(link):
    link.start()
    link.describe()
    link.close()
    link.close()
    submit_one(link)
    with pytest.raises(LinkError, match="closed"):
        link.value(MADE)


def test_a_link_that_never_started_can_be_closed(link):
    link.close()
    link.start()
    assert "closed" in link.fault


def test_who_fetches_one_after_the_other_asks_seldom():
    values = {ObjectId(number): Inline(b"%d" % number) for number in range(100, 300, 2)}
    asked = []

    def send(ask):
        asked.append(ask)
        value = values.get(ask.about)
        behind = {one: each for one, each in values.items() if ask.about < one < ask.about + 50}
        questions.take(ValueIs(ask.request, value, "gone", behind if ask.ahead else {}))

    questions = Questions(send, lambda: "")
    for _ in range(2):  # what came along is given out once, and asked for anew
        assert [questions.value(one) for one in values] == list(values.values())
    assert len(asked) < 14
    asked.clear()
    far = [questions.value(ObjectId(one)) for one in (298, 100, 200, 120)]
    assert [each.data for each in far] == [b"298", b"100", b"200", b"120"]
    assert not any(ask.ahead for ask in asked)
    with pytest.raises(StoreError, match="gone"):
        questions.value(ObjectId(7))
