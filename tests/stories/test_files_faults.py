"""Files and stage points that are changed, gone, altered, or taken over."""
# mirrors: flowlab/worker/porter.py and cluster/relay.py with real engines, as test_files.py

import os
import signal

import pytest

from flowlab import TaskError, file
from flowlab.model.limits import MIB
from tests.stories.filework import scheduler_of, staged_files, sums
from tests.stories.islands import HOME, expected, look, make
from tests.stories.watching import wait_until

pytestmark = pytest.mark.engines


def test_a_file_that_is_changed_or_gone_fails_its_readers_by_name(client, tmp_path):
    with client.new_session("changed", on_error="continue") as session:
        changed, gone = tmp_path / "changed.dat", tmp_path / "gone.dat"
        for path in (changed, gone):
            path.write_bytes(b"x" * MIB)
        tasks = [sums(file(changed)), sums(file(gone))]
        changed.write_bytes(b"y" * MIB + b"more")
        gone.unlink()
        session.submit()
        with pytest.raises(TaskError, match=r"changed\.dat cannot be brought.*was changed since"):
            tasks[0].wait()
        with pytest.raises(TaskError, match=r"gone\.dat cannot be brought.*No such file"):
            tasks[1].wait()


def test_a_stage_point_that_vanishes_is_named_and_the_rest_goes_on(islands_of, point):
    islands = islands_of(("b",), on_error="continue")
    islands.session.stage_point = point
    source = islands.run_on("b", make, 1)
    point.rename(point.with_name("away"))
    point.write_text("no directory any longer")
    islands.free(HOME)
    failed = islands.submit(look, source)
    with pytest.raises(TaskError) as caught:
        failed.wait()
    assert str(point) in str(caught.value)
    point.unlink()
    point.with_name("away").rename(point)
    again = islands.submit(look, source)
    assert again.output.fetch().load() == (HOME, [expected(1)], [False])


def test_what_was_altered_at_the_stage_point_is_never_taken_for_whole(islands_of, point):
    islands = islands_of()
    islands.session.stage_point = point
    source = islands.run_on("b", make, 1)
    islands.run_on("c", look, source)
    (lying,) = staged_files(point)
    content = lying.read_bytes()
    lying.chmod(0o600)
    lying.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    task = islands.run_on(HOME, look, source)
    assert task.output.fetch().load() == (HOME, [expected(1)], [False])
    assert islands.between()["staged"] == 2


def test_who_takes_over_keeps_the_folder_and_leaves_nothing(islands_of, point):
    islands = islands_of(("b",))
    islands.session.stage_point = point
    source = islands.run_on("b", make, 1)
    islands.run_on(HOME, look, source)
    (before,) = staged_files(point)
    (lease,) = point.glob("*/.lease")
    claimed = lease.stat().st_mtime_ns
    os.kill(scheduler_of(islands), signal.SIGKILL)
    assert wait_until(lambda: lease.stat().st_mtime_ns > claimed, 30), "the folder is held again"
    task = islands.run_on(HOME, look, source)
    assert task.output.fetch().load() == (HOME, [expected(1)], [False])
    assert staged_files(point) == [before]
    islands.close()
    assert wait_until(lambda: not list(point.iterdir()))
