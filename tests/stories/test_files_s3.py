"""A real S3 server as the stage point of engines that are told that they are on different hosts."""

import os

import fsspec
import pytest

from flowlab import TaskError, file
from flowlab.model.limits import MIB
from tests.s3server import READER, READER_SECRET, SECRET, credentials
from tests.stories.filework import digest, sums
from tests.stories.islands import HOME, expected, look, make
from tests.stories.watching import wait_until

pytestmark = pytest.mark.engines


def lying(url):
    """Files at the stage point, whole and as they are there now, without leases."""
    files = fsspec.filesystem("s3", skip_instance_cache=True, use_listings_cache=False)
    return [one for one in files.find(url) if not one.endswith(".lease")]


def test_by_a_bucket_each_object_is_written_once_and_nothing_stays(islands_of, s3, tmp_path):
    islands = islands_of()
    islands.session.stage_point = s3
    (tmp_path / "data.csv").write_bytes(content := os.urandom(6 * MIB))
    with islands.session.bind_only():
        constant = file(tmp_path / "data.csv")
    source = islands.run_on("b", make, 1)
    for host in ("c", HOME, "c", "b"):
        task = islands.run_on(host, look, source)
        assert task.output.fetch().load() == (host, [expected(1)], [False])
    for host in ("b", "c"):
        task = islands.run_on(host, sums, constant)
        assert task.output.fetch().load() == [host, [digest(content)]]
    told = islands.between()
    assert (told["bytes"], told["staged"]) == (0, 2)
    (csv,) = (one for one in lying(s3) if one.endswith(".csv"))
    assert csv.endswith(f"/{digest(content)}.csv")
    assert fsspec.filesystem("s3").cat(csv) == content
    islands.session.close()
    assert wait_until(lambda: not lying(s3))
    islands.close()
    # Of what is gone, this server lists the prefix itself as an empty folder
    left = fsspec.filesystem("s3", skip_instance_cache=True).find(s3)
    assert not any("/flowlab-" in one for one in left)


def test_an_engine_that_can_read_a_url_does_and_nothing_passes_the_kernel(islands_of, s3):
    content = os.urandom(6 * MIB)
    fsspec.filesystem("s3").pipe(f"{s3}/in put.bin", content)
    islands = islands_of(("b",))
    with islands.session.bind_only():
        constant = file(f"{s3}/in put.bin")
    task = islands.run_on("b", sums, constant)
    assert task.output.fetch().load() == ["b", [digest(content)]]
    told = islands.between()
    assert (told["bytes"], told["copies"]) == (0, 1)


def test_credentials_that_may_not_write_are_said_by_what_they_may_not_and_never_shown(
    islands_of, s3, s3_server, tmp_path
):
    with credentials(s3_server.variables(READER, READER_SECRET)):
        islands = islands_of(("b",), on_error="continue")
    islands.session.stage_point = s3
    source = islands.run_on("b", make, 1)
    islands.free(HOME)
    task = islands.submit(look, source)
    with pytest.raises(TaskError) as caught:
        task.wait()
    said = str(caught.value)
    assert s3 in said
    journals = [one.read_text(errors="replace") for one in tmp_path.rglob("*.jsonl")]
    for secret in (SECRET, READER_SECRET, READER):
        assert not any(secret in text for text in (said, *journals))
