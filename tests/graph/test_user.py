"""A `user` dictionary that is made when somebody looks at it."""

import pytest

from flowlab.errors import UsageError
from flowlab.graph.user import HasUser, Wave
from tests.graph.owner import NoEngines


class Thing(HasUser):
    id = (1, 10)

    def _first_state(self):
        return "on its way"

    def _last_state(self, ended):
        return ended.get(10, "finished")


def test_the_dictionary_is_made_when_it_is_looked_at():
    owner = NoEngines()
    thing = Thing(owner)
    assert thing.said == {}
    with pytest.raises(UsageError, match="is fixed"):
        thing.said["note"] = 1  # it may be everybody's
    assert owner.marked == []
    thing.user["note"] = 1
    assert thing.said is thing.user
    assert thing.said == {"note": 1}
    assert owner.marked == [thing]  # once
    assert Thing(owner).said == {}


@pytest.mark.parametrize("said", [{}, {"note": 1}])
def test_it_is_fixed_once_it_was_submitted(said):
    owner = NoEngines()
    thing = Thing(owner)
    owner.add(thing)
    thing.user.update(said)
    held = thing.user
    assert (thing.submitted, thing.state) == (False, None)
    owner.submit()
    held["later"] = 2
    assert (thing.submitted, thing.state) == (True, "on its way")
    assert (thing.user, thing.said) == (said, said)
    with pytest.raises(UsageError, match="is fixed"):
        thing.user["more"] = 1
    thing.state = "finished"
    assert thing.state == "finished"


def test_what_nobody_looked_at_is_fixed_as_well():
    owner = NoEngines()
    thing = Thing(owner)
    owner.add(thing)
    owner.submit()
    with pytest.raises(UsageError, match="is fixed"):
        thing.user["more"] = 1
    assert owner.marked == []


def test_what_was_said_before_is_marked_again():
    owner = NoEngines()
    thing = Thing(owner)
    thing.mark_said()
    assert owner.marked == []
    thing.user["note"] = 1
    owner.submit()
    thing.mark_said()
    assert owner.marked == [thing]


def test_things_of_one_wave_are_submitted_together():
    wave, things = Wave(), [Thing(NoEngines()) for _ in range(3)]
    for thing in things[:2]:
        thing.wave = wave
    wave.submitted = True
    assert [thing.submitted for thing in things] == [True, True, False]


@pytest.mark.parametrize(("ended", "state"), [({}, "finished"), ({10: "failed"}, "failed")])
def test_the_end_of_a_wave_is_the_end_of_all_in_it(ended, state):
    thing = Thing(NoEngines())
    thing.wave = Wave()
    thing.wave.submitted = True
    thing.state = "running"
    assert thing.state == "running"
    thing.wave.ended = ended
    assert thing.state == state
    thing.state = "told later"
    assert thing.state == "told later"
