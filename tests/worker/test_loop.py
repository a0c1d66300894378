"""The loop alone: batches in, reports out."""

import os
import threading
import time

import cloudpickle

from flowlab.events.messages import OnError
from flowlab.model.limits import BUDGET_SECONDS, INLINE_OBJECT
from flowlab.model.payload import Stored
from flowlab.worker import loop as room
from flowlab.worker.board import read_board
from flowlab.worker.messages import Dropped, HandedBack, Interrupted, Revoked
from tests.worker.workshop import FIRST, SESSION, batch, inline, job, object_id, out, task_id


def load(ctx, index=0):
    return ctx.inputs[index].load()


def test_a_chain_runs_in_one_batch_and_only_its_end_travels(shop):
    jobs = [job(1), job(2, inputs=[out(1)]), job(3, inputs=[out(2)], publish=True)]
    calls = [lambda ctx: 1, lambda ctx: load(ctx) + 1, lambda ctx: load(ctx) * 10]
    sheet = shop.run(batch(jobs, calls))
    assert shop.value(sheet, 3) == 20
    assert list(sheet.finished) == [task_id(1), task_id(2), task_id(3)]
    assert list(sheet.values) == [out(3)]
    assert len(shop.reports) == 1


def test_between_tasks_a_value_is_its_encoded_form(shop):
    def change(ctx):
        value = load(ctx)
        value.append("changed")
        return value

    jobs = [job(1), job(2, inputs=[out(1)]), job(3, inputs=[out(1)], publish=True)]
    sheet = shop.run(batch(jobs, [lambda ctx: ["whole"], change, load]))
    assert shop.value(sheet, 3) == ["whole"]


def test_a_large_object_lies_in_the_store_and_a_later_batch_reads_it(shop):
    size = INLINE_OBJECT + 1
    first = batch([job(1, publish=True)], [lambda ctx: ctx.blob(b"x" * size)])
    second = batch(
        [job(2, inputs=[out(1)], publish=True)], [lambda ctx: len(ctx.inputs[0].get_bytes())]
    )
    sheet = shop.run(first, second)
    assert isinstance(sheet.values[out(1)], Stored)
    assert sheet.finished[task_id(1)][4][0].size == size
    assert shop.value(sheet, 2) == size


def test_all_tasks_of_a_function_get_the_same_object(shop):
    jobs = [job(number, publish=True, function="f") for number in (1, 2)]
    function = cloudpickle.dumps(lambda ctx: id(ctx.function))
    sheet = shop.run(batch(jobs, functions={"f": function}))
    assert shop.value(sheet, 1) == shop.value(sheet, 2)


def test_a_task_whose_input_is_absent_is_returned_with_what_is_missing(shop):
    sheet = shop.run(batch([job(1, inputs=[object_id(7)])], [load]))
    assert sheet.returned == {task_id(1): "input absent"}
    assert sheet.missing == [object_id(7)]
    assert sheet.failed == {}


def test_a_stored_input_whose_file_is_gone_is_absent(shop):
    big = shop.store.put(object_id(7), b"x" * 10)
    os.unlink(big.path)
    sheet = shop.run(batch([job(1, inputs=[object_id(7)])], [load], values={object_id(7): big}))
    assert sheet.missing == [object_id(7)]


def test_a_task_whose_function_is_absent_is_returned(shop):
    sheet = shop.run(batch([job(1, function="unknown")]))
    assert sheet.returned == {task_id(1): "function absent"}


#     1 (fails) ──▶ 2 ──▶ 3        4
def failing_batch(on_error):
    jobs = [job(1), job(2, inputs=[out(1)]), job(3, inputs=[out(2)]), job(4, publish=True)]
    return batch(jobs, [lambda ctx: 1 / 0, load, load, lambda ctx: 4], on_error=on_error)


def test_when_going_on_only_what_depends_on_a_failed_task_is_returned(shop):
    sheet = shop.run(failing_batch(OnError.CONTINUE))
    assert list(sheet.failed) == [task_id(1)]
    assert sheet.returned == {task_id(2): "input absent", task_id(3): "input absent"}
    assert shop.value(sheet, 4) == 4


def test_when_the_session_fails_the_rest_of_its_batch_is_returned(shop):
    other = batch([job(9, publish=True)], [lambda ctx: 9])
    sheet = shop.run(failing_batch(OnError.FAIL_SESSION), other)
    assert set(sheet.returned.values()) == {"batch stopped"}
    assert set(sheet.returned) == {task_id(2), task_id(3), task_id(4)}
    assert shop.value(sheet, 9) == 9


def test_what_is_revoked_does_not_run_and_what_it_reads_is_published(shop):
    # 1 ──▶ 2 ──▶ 3, and 3 is taken away before anything ran
    jobs = [job(1), job(2, inputs=[out(1)]), job(3, inputs=[out(2), out(1)], publish=True)]
    shop.loop.accept(batch(jobs, [lambda ctx: 1, lambda ctx: 2, load]))
    shop.loop.accept(Revoked(((task_id(3), FIRST),)))
    sheet = shop.run()
    assert sheet.returned == {task_id(3): "revoked"}
    assert set(sheet.values) == {out(1), out(2)}


def test_revoking_another_assignment_takes_nothing(shop):
    shop.loop.accept(batch([job(1, publish=True)], [lambda ctx: 1]))
    shop.loop.accept(Revoked(((task_id(1), FIRST + 1),)))
    assert shop.value(shop.run(), 1) == 1


def test_everything_that_has_not_begun_can_be_asked_back(shop):
    shop.loop.accept(batch([job(1), job(2)], [lambda ctx: 1] * 2))
    shop.loop.accept(HandedBack())
    assert set(shop.sheet().returned.values()) == {"handed back"}
    assert shop.loop.held() == ()


def test_a_task_that_is_interrupted_before_it_began_is_taken_back(shop):
    shop.loop.accept(batch([job(1)], [lambda ctx: 1]))
    shop.loop.accept(Interrupted(task_id(1), FIRST))
    assert shop.run().returned == {task_id(1): "revoked"}


def test_a_message_that_comes_twice_runs_its_tasks_once(shop):
    twice = batch([job(1)], [lambda ctx: 1])
    assert shop.run(twice, twice).ends == 1


def test_dropping_a_session_takes_its_tasks_and_values(shop):
    shop.loop.accept(batch([job(1)], [load], values={object_id(7): inline(1)}))
    shop.loop.accept(Dropped(sessions=(SESSION,)))
    later = batch([job(2, inputs=[object_id(7)])], [load])
    sheet = shop.run(later)
    assert sheet.returned == {task_id(1): "session ended", task_id(2): "input absent"}


def test_a_dropped_object_is_absent_afterwards(shop):
    shop.run(batch([job(1, publish=True)], [lambda ctx: 1]))
    shop.loop.accept(Dropped((out(1),)))
    assert shop.run(batch([job(2, inputs=[out(1)])], [load])).missing == [out(1)]


def test_past_its_budget_the_untouched_tail_goes_back_with_what_it_reads(shop):
    # 1 ──▶ 3, 2 (long), 2 ──▶ 4: the link's thread ticks while 2 runs
    def long(ctx):
        deadline = time.monotonic() + 20
        while not any(report.fact and report.fact.returned for report in shop.reports):
            assert time.monotonic() < deadline
            time.sleep(BUDGET_SECONDS / 10)
        return 2

    jobs = [
        job(1),
        job(2, function="long"),
        job(3, inputs=[out(1)]),
        job(4, inputs=[out(2)]),
    ]
    shop.loop._memory._functions["long"] = long
    shop.loop._memory._pickled["long"] = b"-"
    shop.loop.accept(batch(jobs, [lambda ctx: 1, None, load, load]))
    stop = threading.Event()

    def ticking():
        while not stop.wait(0.01):
            shop.loop.tick()

    thread = threading.Thread(target=ticking)
    thread.start()
    sheet = shop.run()
    stop.set()
    thread.join()
    assert sheet.returned == {task_id(3): "over budget", task_id(4): "over budget"}
    assert sheet.published == [out(1)]
    assert set(sheet.values) == {out(1), out(2)}
    assert task_id(2) in sheet.started
    assert sheet.ends == 4


def test_held_names_all_that_was_given_and_not_yet_told(shop):
    shop.loop.accept(batch([job(1), job(2)], [lambda ctx: 1] * 2))
    assert shop.loop.held() == ((task_id(1), 1), (task_id(2), 1))
    shop.loop.wake = lambda: None  # reports are sent by somebody else, who has not come yet
    while shop.loop.run_slice(1):
        continue
    assert set(shop.loop.held()) == {(task_id(1), 1), (task_id(2), 1)}
    shop.loop.flush()
    assert shop.loop.held() == ()


def test_the_board_says_nobody_when_the_slice_is_over(shop):
    seen = []
    shop.loop._memory._functions["look"] = lambda ctx: seen.append(read_board(shop.board.path))
    shop.loop._memory._pickled["look"] = b"-"
    shop.run(batch([job(1, function="look", outputs=0)]))
    assert seen == [((task_id(1), 1),)]
    assert read_board(shop.board.path) == ()


def test_a_bug_of_ours_fails_the_task_and_the_next_one_runs(shop):
    prepare = shop.loop._stage.prepare

    def broken(*_):
        shop.loop._stage.prepare = prepare
        raise RuntimeError("no stage")

    shop.loop._stage.prepare = broken
    sheet = shop.call(lambda ctx: 1, lambda ctx: 2)
    assert sheet.failed[task_id(1)].message == "flowlab's worker failed: RuntimeError: no stage"
    assert shop.value(sheet, 2) == 2


def test_ten_thousand_tasks_are_a_handful_of_reports(shop):
    jobs = [job(number, kind="nothing", outputs=0) for number in range(1, 10_001)]
    batches = [batch(jobs[start : start + 2000]) for start in range(0, 10_000, 2000)]
    shop.loop.wake = lambda: None
    sheet = shop.run(*batches)
    assert len(sheet.finished) == sheet.ends == 10_000
    assert len(shop.reports) < 20


def test_only_who_worked_all_the_time_kept_the_others_from_running(shop):
    shop.loop.wake = lambda: None  # and the thread of the link does not come once

    def wait(ctx):
        time.sleep(2 * BUDGET_SECONDS)

    def work(ctx):
        until = time.thread_time() + 2 * BUDGET_SECONDS
        while time.thread_time() < until:
            pass

    shop.loop.accept(batch([job(1, outputs=0), job(2, outputs=0)], [wait, work]))
    while shop.loop.run_slice(1.0):
        continue
    assert shop.sheet().held_gil == [task_id(2)]


def test_rows_that_others_wait_for_leave_together_while_the_engine_goes_on(shop, monkeypatch):
    monkeypatch.setattr(room, "URGENT_SECONDS", 1_000.0)
    calls = []
    shop.loop.wake = lambda: calls.append(shop.loop.patience() > 0)
    jobs = [job(number, publish=True, urgent=True) for number in range(1, 21)]
    shop.loop.accept(batch(jobs, [lambda ctx: [ctx.blob(b"1")]] * 20))
    while shop.loop.run_slice(1.0):
        continue
    assert calls == [True, False, False]  # a row waits; the batch is over; so is the slice
    assert len(shop.sheet().finished) == 20


def test_such_a_row_leaves_at_once_when_none_left_a_moment_ago(shop, monkeypatch):
    monkeypatch.setattr(room, "URGENT_SECONDS", 0.0)
    calls = []
    shop.loop.wake = lambda: calls.append(shop.loop.patience() > 0)
    jobs = [job(number, publish=True, urgent=True) for number in range(1, 6)]
    shop.loop.accept(batch(jobs, [lambda ctx: time.sleep(0.001) or [ctx.blob(b"1")]] * 5))
    while shop.loop.run_slice(1.0):
        continue
    assert calls == [False] * 6  # and one for the end of the slice
