"""What waits, and what is taken back."""

from flowlab.worker.backlog import Backlog
from tests.worker.workshop import batch, job, object_id, task_id


def filled(*numbers):
    backlog = Backlog()
    backlog.add(batch([job(number, inputs=[object_id(number)]) for number in numbers]))
    return backlog


def test_first_in_first_out():
    backlog = filled(3, 1, 2)
    assert [backlog.claim().key[0] for _ in range(3)] == [task_id(n) for n in (3, 1, 2)]
    assert backlog.claim() is None


def test_only_what_waits_is_taken_back():
    backlog = filled(1, 2)
    claimed = backlog.claim()
    taken = backlog.take([claimed.key, (task_id(2), 1), (task_id(2), 9)])
    assert [entry.key for entry in taken] == [(task_id(2), 1)]
    assert len(backlog) == 0


def test_what_came_before_is_not_added_again():
    backlog = filled(1)
    again = batch([job(1), job(2)])
    backlog.add(again)
    assert backlog.keys() == [(task_id(1), 1), (task_id(2), 1)]
    assert backlog.take([(task_id(2), 1)])[0].run.left == 1


def test_a_whole_batch_can_be_taken():
    backlog = filled(1, 2)
    backlog.add(batch([job(3)]))
    run = backlog.claim().run
    assert [entry.key[0] for entry in backlog.take_if(lambda entry: entry.run is run)] == [
        task_id(2)
    ]
    assert backlog.keys() == [(task_id(3), 1)]


def test_inputs_of_all_that_waits():
    assert filled(1, 2).inputs() == {object_id(1), object_id(2)}
