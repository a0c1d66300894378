"""What was declared is fixed by the submit; what is known stays known while the session is open."""
# mirrors: what session, parcel, fetching and mirror make of spec and info together

import pytest

from flowlab.errors import SessionError, TaskError, UsageError
from flowlab.model.limits import DEBUG_TEXT
from tests.session.declare import task, update, wait_until


def test_a_spec_is_fixed_by_the_submit(session):
    made, plain = task(session, name="a/b"), task(session)
    made.spec.user["foo"] = made.output.spec.user["bar"] = 42
    session.submit()
    assert (made.spec.name, made.spec.user) == ("a/b", {"foo": 42})
    for spec in (made.spec, made.output.spec, plain.spec, plain.output.spec):
        with pytest.raises(UsageError, match="`user` is fixed"):
            spec.user["foo"] = 43


def test_an_object_goes_its_way(session):
    made = task(session, "sleep 0.05")
    made.output.keep()
    seen = [made.output.state]
    session.submit()
    seen.append(made.output.state)
    made.wait()  # for the task, and not for its output
    seen.append(made.output.state)
    made.output.update()
    seen.append(made.output.state)
    made.output.unkeep()
    wait_until(lambda: update(made.output).state == "removed")
    assert seen == [None, "unfinished", "unfinished", "finished"]


def test_a_state_is_as_fresh_as_the_last_wait(session):
    one, two, three = task(session), task(session), task(session)
    session.submit()
    assert [each.state for each in (one, two, three)] == ["notAssigned"] * 3
    one.wait()
    session.wait([two.output])
    assert [each.state for each in (one, two, three)] == ["finished", "notAssigned", "notAssigned"]
    assert [each.output.state for each in (one, two)] == ["unfinished", "finished"]
    assert session.wait_some([three, three.output]) == ([three], [three.output])
    assert (three.state, three.output.state) == ("finished", "finished")


def test_after_a_wait_for_all_all_are_finished(session):
    made = [task(session, outputs=2) for _ in range(3)]
    session.submit()
    made.append(task(session))
    session.wait_all()
    assert [each.state for each in made] == ["finished"] * 3 + [None]
    assert {output.state for each in made[:3] for output in each.outputs} == {"finished"}
    session.submit()
    session.wait_all()
    assert made[3].state == "finished"
    session.close()
    assert made[0].state == "finished"


def test_a_wait_for_all_that_failed_leaves_the_states_to_the_next_one(patient):
    good, bad = task(patient), task(patient, "fail")
    patient.submit()
    with pytest.raises(TaskError, match="asked for"):
        patient.wait_all()
    patient.discard(bad)
    patient.wait_all()
    assert (good.state, bad.state) == ("finished", "failed")


def test_nothing_is_known_before_an_update_or_a_fetch(session):
    made = task(session)
    made.output.keep()
    session.submit()
    made.wait()
    assert (made.info, made.output.info) == (None, None)
    made.output.fetch()
    assert made.info is None
    assert made.output.info.size == 3
    assert not made.output.info.error
    made.update()
    assert (made.info.governor, made.info.error, made.info.to_json()["governor"]) == (0, "", 0)


def test_an_info_is_empty_until_there_is_one(session):
    made, declared = task(session, "hang"), task(session)
    assert update(declared).info is None
    session.submit()
    session.update([made, made.output])
    assert (made.info.error, made.info.duration, made.info.governor) == ("", None, None)
    assert (made.info.to_json(), made.output.info.to_json()) == ({}, {})


def test_what_is_known_stays_known_while_the_session_is_open(session):
    unkept, kept, last = task(session), task(session), None
    kept.output.keep()
    last = task(session, inputs=[unkept, kept])
    session.submit()
    session.wait_all()
    kept.output.unkeep()
    wait_until(lambda: update(kept.output).state == "removed")
    session.update([unkept, unkept.output, kept, kept.output, last.output])
    assert [each.info.size for each in (unkept.output, kept.output, last.output)] == [3, 3, 9]
    assert unkept.info.start_time
    session.close()
    with pytest.raises(SessionError, match="Session is closed"):
        unkept.update()


def test_debug_text_may_be_appended_to_after_the_end(session):
    made, never = task(session), task(session, "hang")
    session.submit()
    made.wait()
    made.update()
    with pytest.raises(UsageError, match=r"info\.duration is fixed"):
        made.info.duration = 0
    with pytest.raises(UsageError, match="`user` is fixed"):
        made.info.user["x"] = 1
    made.info.debug += "seen by Ada"
    assert made.info.debug == "seen by Ada"
    made.info.debug += ", and by Grace"
    assert update(made).info.debug == "seen by Ada, and by Grace"
    with pytest.raises(UsageError, match=r"has not ended: until then, ctx\.debug adds"):
        update(never).info.debug += "too early"
    with pytest.raises(UsageError, match="may have at most"):
        made.info.debug += "x" * (DEBUG_TEXT + 1)


def test_an_update_of_something_else_says_so(session):
    with pytest.raises(UsageError, match="'3' is not tasks nor dataobject"):
        session.update([3])
