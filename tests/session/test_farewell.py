"""Objects that nobody can name are let go together."""

import gc
import threading

from flowlab.events.messages import Unkept
from flowlab.session.farewell import Farewell
from tests.session.declare import task, wait_until


class Held:
    """A link on which a fact leaves when the test says so."""

    def __init__(self):
        self.late = []
        self.facts = []

    def post_late(self, make):
        self.late.append(make)

    def leave(self):
        waiting, self.late = self.late, []
        self.facts += [made[0] for make in waiting if (made := make()) is not None]


def test_what_comes_until_the_message_leaves_is_in_it():
    link = Held()
    farewell = Farewell(link, 1)
    farewell.add(11)
    farewell.add(12)
    assert len(link.late) == 1
    link.leave()
    farewell.add(13)
    link.leave()
    assert link.facts == [Unkept(1, (11, 12)), Unkept(1, (13,))]


def test_nobody_is_forgotten_while_messages_leave():
    link = Held()
    farewell = Farewell(link, 1)
    threads = [
        threading.Thread(target=lambda first=first: [*map(farewell.add, range(first, first + 500))])
        for first in (0, 500, 1000, 1500)
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        link.leave()
    link.leave()
    assert sorted(each for fact in link.facts for each in fact.objects) == list(range(2000))


def test_a_thousand_objects_of_a_session_take_few_messages(session):
    tasks = [task(session, outputs=10) for _ in range(100)]
    session.keep_all()
    session.submit()
    session.wait_all()
    told = []
    session.follow(told.extend)
    wanted = {output.object_id for each in tasks for output in each.outputs}
    del tasks
    gc.collect()

    def facts():
        return [entry.event for entry in told if isinstance(entry.event, Unkept)]

    # Followers are told after the mirror has taken the entries in
    wait_until(lambda: wanted <= {each for fact in facts() for each in fact.objects})
    assert {each for fact in facts() for each in fact.objects} == wanted
    assert len(facts()) < 100
