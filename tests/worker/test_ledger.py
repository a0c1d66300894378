"""Where values go when tasks end or go back."""

import shutil

import numpy as np
import pytest

from flowlab.model.limits import INLINE_OBJECT
from flowlab.model.payload import Stored
from flowlab.staging.store import StoreSettings, private_directory, write_settings
from tests.worker.workshop import Workshop, batch, job, object_id, out, task_id

BIG = INLINE_OBJECT + 1


def load(ctx):
    return ctx.inputs[0].load()


def test_values_of_a_batch_go_with_it(shop):
    shop.run(batch([job(1)], [lambda ctx: 1]))
    sheet = shop.run(batch([job(2, inputs=[out(1)])], [load]))
    assert sheet.missing == [out(1)]


def test_files_that_a_batch_kept_for_itself_leave_the_store_with_it(shop):
    def stages(ctx):
        (ctx.sandbox / "big").write_bytes(b"x" * BIG)
        return ctx.stage_file("big")

    jobs = [job(1), job(2, inputs=[out(1)], publish=True)]
    sheet = shop.run(batch(jobs, [stages, lambda ctx: ctx.inputs[0].size]))
    assert shop.value(sheet, 2) == BIG
    assert shop.store.contents() == {}


def test_an_input_handed_on_shares_the_stored_bytes(shop):
    first = batch([job(1, publish=True)], [lambda ctx: ctx.blob(b"x" * BIG)])
    second = batch([job(2, inputs=[out(1)], publish=True)], [lambda ctx: ctx.inputs[0]])
    sheet = shop.run(first, second)
    assert isinstance(sheet.values[out(2)], Stored)
    shop.store.drop([out(1)])
    assert len(shop.store.open(sheet.values[out(2)])) == BIG


def test_a_task_that_lacks_one_input_leaves_the_other_published(shop):
    # 1 ──▶ 2 ◀── an object that is not here
    jobs = [job(1), job(2, inputs=[out(1), object_id(7)])]
    sheet = shop.run(batch(jobs, [lambda ctx: 1, load]))
    assert sheet.returned == {task_id(2): "input absent"}
    assert sheet.missing == [object_id(7)]
    assert sheet.published == [out(1)]


def test_what_only_a_failed_branch_reads_is_not_published(shop):
    jobs = [job(1), job(2), job(3, inputs=[out(1), out(2)])]
    sheet = shop.run(batch(jobs, [lambda ctx: 1, lambda ctx: 1 / 0, load]))
    assert sheet.published == []
    assert sheet.values == {}


def test_a_full_store_is_the_tasks_failure_and_says_so(tmp_path):
    store = private_directory(tmp_path, "store")
    write_settings(store, StoreSettings(2 * BIG))
    shop = Workshop(tmp_path)
    sheet = shop.call(
        lambda ctx: ctx.blob(b"x" * BIG),
        lambda ctx: ctx.blob(b"x" * 2 * BIG),
        lambda ctx: ctx.pickled(np.zeros(BIG)),
        lambda ctx: 2,
    )
    assert set(sheet.failed) == {task_id(2), task_id(3)}
    assert "there is no room" in sheet.failed[task_id(2)].message
    assert shop.store.contents() == {out(1): BIG}
    assert shop.value(sheet, 4) == 2


def test_a_store_that_is_gone_is_the_tasks_failure_and_says_so(shop):
    shutil.rmtree(shop.store.directory)
    sheet = shop.call(lambda ctx: ctx.blob(b"x" * BIG), lambda ctx: 2)
    assert "cannot store object" in sheet.failed[task_id(1)].message
    assert shop.value(sheet, 2) == 2


def arrays(_):
    return [np.arange(BIG), np.zeros((3, 5))]


def test_a_large_array_is_written_once_and_read_where_it_lies(shop):
    def add(ctx):
        many, few = ctx.inputs[0].load()
        assert not many.flags.writeable
        with pytest.raises(ValueError, match="read-only"):
            many += 1
        return int(many.sum() + few.sum())

    sheet = shop.run(batch([job(1), job(2, inputs=[out(1)], publish=True)], [arrays, add]))
    assert shop.value(sheet, 2) == BIG * (BIG - 1) // 2
    assert shop.store.contents() == {}


def test_what_a_task_pickled_is_as_it_was_then(shop):
    def changes(ctx):
        value = np.zeros(BIG)
        before = ctx.pickled(value)
        value += 1
        return [before, ctx.pickled(value), before]

    reader = lambda ctx: [float(one.load().sum()) for one in ctx.inputs]
    jobs = [job(1, outputs=3), job(2, inputs=[out(1, 0), out(1, 1), out(1, 2)], publish=True)]
    sheet = shop.run(batch(jobs, [changes, reader]))
    assert shop.value(sheet, 2) == [0, BIG, 0]
    assert shop.store.contents() == {}


def test_drafts_that_a_task_did_not_give_away_are_gone(shop):
    sheet = shop.call(lambda ctx: [ctx.pickled(np.zeros(BIG)) for _ in range(3)][:0])
    assert shop.value(sheet, 1) == []
    assert list((shop.store.directory / "drafts").iterdir()) == []


def test_what_a_task_said_about_itself_comes_as_a_note(shop):
    def says(ctx):
        ctx.user["score"] = [1, 2]
        ctx.debug("at {}", 3)
        ctx.debug("{braces}")
        return 1

    assert shop.call(says).notes == {task_id(1): ("at 3\n{braces}", {"score": "[1, 2]"})}
