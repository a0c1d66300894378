"""Web servers without ranges, and what an S3 server keeps of an upload that fails.

What all places do alike is in test_depot.py.
"""

import functools
import http.server
import json
import secrets
import threading
import tracemalloc

import fsspec
import pytest
import s3fs

from flowlab.errors import StageError
from flowlab.model.limits import MIB, PIECE
from flowlab.model.payload import Staged
from flowlab.staging import faults
from flowlab.staging.point import exists, put_staged, read_staged, read_url
from flowlab.staging.remote import RemoteDepot, Stream
from tests.proxy import proxy_to
from tests.s3server import BUCKET, KEY, READER, READER_SECRET, credentials
from tests.staging.conftest import clock


class Breaking(http.server.SimpleHTTPRequestHandler):
    """A web server without ranges that ends its first answers too early."""

    breaks = 0

    def copyfile(self, source, outputfile):
        if type(self).breaks:
            type(self).breaks -= 1
            outputfile.write(source.read()[: PIECE + 5])
        else:
            super().copyfile(source, outputfile)

    def log_message(self, *words):
        """Say nothing."""


@pytest.fixture
def web(tmp_path):
    """A web server of this directory, and its address."""
    Breaking.breaks = 0
    (tmp_path / "web").mkdir()
    serve = functools.partial(Breaking, directory=tmp_path / "web")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield tmp_path / "web", f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_web_server_without_ranges_is_read_in_pieces(web):
    folder, address = web
    data = secrets.token_bytes(1000) * (3 * PIECE // 1000)
    (folder / "x").write_bytes(data)
    stream = Stream(f"{address}/x")
    pieces = list(iter(stream.read, b""))
    assert b"".join(pieces) == data
    assert max(map(len, pieces)) <= PIECE


def test_a_stream_goes_on_where_it_was_cut(web):
    folder, address = web
    data = secrets.token_bytes(1000) * (3 * PIECE // 1000)
    (folder / "x").write_bytes(data)
    Breaking.breaks = 1
    stream, found, failures = Stream(f"{address}/x"), b"", 0
    while True:
        try:
            piece = stream.read()
        except Exception:  # noqa: BLE001 - aiohttp's own
            failures += 1
            continue
        if not piece:
            break
        found += piece
    assert failures == 1
    assert found == data


def test_a_cut_is_mended_without_anybody_noticing(web, monkeypatch):
    folder, address = web
    data = secrets.token_bytes(1000) * (2 * PIECE // 1000)
    (folder / "x").write_bytes(data)
    Breaking.breaks = 2
    slept = []
    monkeypatch.setattr(faults, "time", clock(slept.append))
    assert b"".join(read_url(f"{address}/x")) == data
    assert Breaking.breaks == 0
    assert len(slept) == 2


def test_a_file_that_changes_meanwhile_is_an_error(web):
    folder, address = web
    (folder / "x").write_bytes(bytes(PIECE + 1))
    pieces = read_url(f"{address}/x")
    next(pieces)
    (folder / "x").write_bytes(bytes(PIECE + 2))
    with pytest.raises(StageError, match=r"/x' changed while it was read"):
        list(pieces)


# --- an S3 server ----------------------------------------------------------------------------


@pytest.mark.engines
def test_an_upload_that_fails_keeps_no_parts_at_the_server(s3):
    def breaking():
        yield memoryview(bytes(20_000_000))
        raise InterruptedError

    with pytest.raises(InterruptedError):
        RemoteDepot().write(f"{s3}/flowlab-a/x", breaking(), 30_000_000)
    files = fsspec.filesystem("s3")
    assert not files.call_s3("list_multipart_uploads", Bucket=BUCKET).get("Uploads")
    assert not exists(f"{s3}/flowlab-a/x")


@pytest.mark.engines
def test_what_a_dead_process_had_uploaded_in_part_goes_with_its_folder(s3):
    files, depot = fsspec.filesystem("s3"), RemoteDepot()
    for name in ("flowlab-a", "flowlab-b"):
        key = f"{s3.partition(BUCKET)[2].strip('/')}/{name}/x"
        files.call_s3("create_multipart_upload", Bucket=BUCKET, Key=key)
    depot.remove_tree(f"{s3}/flowlab-a")
    begun = files.call_s3("list_multipart_uploads", Bucket=BUCKET)["Uploads"]
    assert [upload["Key"] for upload in begun] == [key]
    depot.remove_tree(f"{s3}/flowlab-b")


@pytest.mark.engines
@pytest.mark.parametrize(
    ("key", "secret"), [(KEY, "hunter2"), ("expired", "hunter2"), (READER, READER_SECRET)]
)
def test_credentials_that_do_not_fit_are_told_without_showing_them(s3, s3_server, key, secret):
    with (
        credentials(s3_server.variables(key, secret)),
        pytest.raises(StageError, match=r"cannot .*flowlab-a.*access is refused; check") as caught,
    ):
        put_staged(b"data", f"{s3}/flowlab-a")
    assert secret not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.engines
def test_who_may_only_read_reads(s3, s3_server):
    staged = put_staged(b"data", f"{s3}/flowlab-a")
    with credentials(s3_server.variables(READER, READER_SECRET)):
        assert b"".join(read_staged(staged)) == b"data"


@pytest.mark.engines
def test_a_bucket_that_is_not_there_is_named(s3):
    with pytest.raises(StageError, match=r"no-such-bucket/flowlab-a/x'.*not there"):
        b"".join(read_staged(Staged("s3://no-such-bucket/flowlab-a/x", 4, "")))


@pytest.fixture
def way(s3_server, monkeypatch):
    """A way to the server that can be cut; the libraries' own attempts would take a minute."""
    monkeypatch.setattr(s3fs.S3FileSystem, "retries", 1)
    with proxy_to(s3_server.ports["s3.port"]) as proxy:
        more = {
            "FSSPEC_S3_ENDPOINT_URL": f"http://127.0.0.1:{proxy.port}",
            "FSSPEC_S3": json.dumps({"config_kwargs": {"retries": {"max_attempts": 0}}}),
        }
        with credentials(s3_server.variables() | more):
            yield proxy


@pytest.mark.engines
def test_a_server_that_went_away_is_told_and_used_again_when_it_is_back(s3, way):
    staged = put_staged(b"data", f"{s3}/flowlab-a")
    way.cut(shut=True)
    with pytest.raises(StageError, match=r"cannot be reached .*\(tried 4 times\)"):
        b"".join(read_staged(staged))
    with pytest.raises(StageError, match=r"cannot be reached .*\(tried 4 times\)"):
        put_staged(b"more", f"{s3}/flowlab-a")
    way.cut()
    assert b"".join(read_staged(staged)) == b"data"


@pytest.mark.engines
def test_a_server_that_is_busy_is_asked_again(s3, way):
    staged = put_staged(b"data", f"{s3}/flowlab-a")
    way.cut(busy=2)
    assert b"".join(read_staged(staged)) == b"data"
    assert way.busy == 0
    way.cut(busy=3)
    put_staged(b"more", f"{s3}/flowlab-a")
    assert way.busy == 0
    way.cut(busy=99)
    with pytest.raises(StageError, match=r"the server answers 503 \(tried 4 times\)"):
        put_staged(b"even more", f"{s3}/flowlab-a")


@pytest.mark.engines
@pytest.mark.parametrize("name", ["a b", "it's", 'say "x"', "ä€𝄞", "x" * 255, "a%2Fb", "a+b&c=d"])
def test_odd_names_are_objects_like_others(s3, name):
    depot, url = RemoteDepot(), f"{s3}/flowlab-a/{name}"
    depot.write(url, [memoryview(b"odd")], 3)
    assert b"".join(read_url(url)) == b"odd"
    depot.remove(url)
    assert depot.size(url) is None


@pytest.mark.engines
def test_memory_does_not_grow_with_the_file(s3, tmp_path):
    path = tmp_path / "large"
    with path.open("wb") as file:
        for number in range(96):
            file.write(secrets.token_bytes(1024) * 1024 if number % 8 else bytes(1024 * 1024))
    tracemalloc.start()
    try:
        staged = put_staged(path, f"{s3}/flowlab-a")
        assert sum(map(len, read_staged(staged))) == path.stat().st_size
        assert tracemalloc.get_traced_memory()[1] < 48 * MIB  # a part of the upload, and its copies
    finally:
        tracemalloc.stop()
