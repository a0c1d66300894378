"""What a running task knows of itself, and says about itself."""

import pytest

from flowlab.errors import TaskError, UsageError
from flowlab.model.ids import EngineId
from flowlab.worker.running import RunningInfo
from tests.worker.workshop import batch, job, task_id


def say_what_is_known(ctx):
    ctx.debug("on {}", ctx.info.governor)
    ctx.info.user["seen"] = [1, ctx.info.governor]
    ctx.user["also"] = True
    return ctx.info.debug


def test_a_task_knows_its_engine_and_what_it_says_is_reported(shop):
    sheet = shop.call(say_what_is_known)
    assert shop.value(sheet, 1) == "on 3"
    assert sheet.notes[task_id(1)] == ("on 3", {"seen": "[1, 3]", "also": "true"})


def test_nothing_is_left_for_the_next_task(shop):
    sheet = shop.call(say_what_is_known, lambda ctx: (ctx.info.user, ctx.info.debug))
    assert shop.value(sheet, 2) == ({}, "")


def with_error(error, result):
    def call(ctx):
        ctx.info.error = error
        ctx.info.user["code"] = 7
        return result

    return call


@pytest.mark.parametrize("outputs", [1, 2])  # with 2, what it returns does not fit either
def test_an_error_that_the_task_sets_is_its_failure(shop, outputs):
    sheet = shop.run(batch([job(1, outputs=outputs)], [with_error("my own", [1])]))
    assert sheet.failed[task_id(1)].message == "my own"
    assert sheet.notes[task_id(1)] == ("", {"code": "7"})
    assert not sheet.finished


@pytest.mark.parametrize("error", ["", None])
def test_an_empty_error_means_success(shop, error):
    assert shop.value(shop.call(with_error(error, "fine")), 1) == "fine"


def test_an_exception_says_more_than_the_error_that_was_set(shop):
    def call(ctx):
        ctx.info.error = "mine"
        raise ValueError("raised")

    assert shop.call(call).failed[task_id(1)].message == "ValueError: raised"


def test_what_is_said_must_be_json():
    info = RunningInfo(EngineId(1), {"made": object()})
    with pytest.raises(UsageError, match="must be JSON"):
        info.user_rows()
    info.error = "text"
    with pytest.raises(TaskError, match=r"^text$"):
        info.check_error()
