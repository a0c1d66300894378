"""A real S3 server for tests: SeaweedFS, on ports and in a directory of its own.

`s3` gives a prefix in its bucket. Who connects finds the credentials where users put them: in
fsspec's configuration, here by its environment variables, which engines started meanwhile inherit.
"""

import ctypes
import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import fsspec
import pytest
from fsspec.config import conf, set_conf_env

BUCKET = "flowlab-test"
KEY = "FLOWLABTESTKEY"
SECRET = "flowlab-test-secret"
READER = "READONLYKEY"  # may list and read
READER_SECRET = "readonly-secret"

_SETTINGS = (
    "-master.telemetry=false",  # or it calls out
    "-ip=127.0.0.1",
    "-ip.bind=127.0.0.1",
    "-master.volumeSizeLimitMB=64",
    "-volume.max=50",
    "-s3.iam=false",
    "-s3.port.iceberg=0",
    "-s3.port.lance=0",
)
_prctl = ctypes.CDLL(None).prctl  # tests that are killed leave no server
_PORTS = (
    "master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port",
    "filer.port.grpc", "s3.port", "s3.port.grpc",
)  # fmt: skip


class S3Server:
    """A server that runs; `kill` and `start` as often as a test needs."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.ports = dict(zip(_PORTS, _free_ports(len(_PORTS)), strict=True))
        self.endpoint = f"http://127.0.0.1:{self.ports['s3.port']}"
        self._process: subprocess.Popen[bytes] | None = None
        (directory / "s3.json").write_text(json.dumps(_identities()))

    def start(self) -> "S3Server":
        """Start it, and wait until it answers."""
        program = Path(sys.executable).with_name("weed")
        words = ["-logtostderr=true", "server", f"-dir={self.directory}", *_SETTINGS, "-s3"]
        words += [f"-{name}={port}" for name, port in self.ports.items()]
        with (self.directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [program, *words, f"-s3.config={self.directory / 's3.json'}"],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=_die_with_us,  # noqa: PLW1509 - it makes one system call
            )
        deadline = time.monotonic() + 60
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                self.kill()
                pytest.fail(f"no S3 server: {(self.directory / 'log').read_text()[-2000:]}")
            time.sleep(0.05)
        return self

    def kill(self) -> None:
        """End it at once; asked politely it takes 16 s."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def variables(self, key: str = KEY, secret: str = SECRET) -> dict[str, str]:
        """What fsspec reads from the environment."""
        return {
            "FSSPEC_S3_KEY": key,
            "FSSPEC_S3_SECRET": secret,
            "FSSPEC_S3_ENDPOINT_URL": self.endpoint,
        }

    def _answers(self) -> bool:
        """Whether it is so far that it refuses strangers."""
        link = http.client.HTTPConnection("127.0.0.1", self.ports["s3.port"], timeout=5)
        try:
            link.request("GET", "/")
            return link.getresponse().status == http.client.FORBIDDEN
        except OSError:
            return False
        finally:
            link.close()


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory):
    """One server for all tests of a process; started by the first that asks."""
    server = S3Server(tmp_path_factory.mktemp("s3")).start()
    with credentials(server.variables()):
        fsspec.filesystem("s3").mkdir(BUCKET)
    yield server
    server.kill()
    shutil.rmtree(server.directory, ignore_errors=True)


@pytest.fixture
def s3(s3_server):
    """A URL below which nothing is; the credentials for it are in the environment."""
    with credentials(s3_server.variables()):
        yield f"s3://{BUCKET}/{secrets.token_hex(4)}"


@contextmanager
def credentials(variables):
    """Let this process, and those it starts, find these in fsspec's configuration."""
    before = {name: dict(settings) for name, settings in conf.items()}
    with pytest.MonkeyPatch.context() as environment:
        for name, value in variables.items():
            environment.setenv(name, value)
        set_conf_env(conf)
        try:
            yield
        finally:
            conf.clear()
            conf.update(before)


def _die_with_us():
    _prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _identities():
    def identity(name, key, secret, *actions):
        pair = {"accessKey": key, "secretKey": secret}
        return {"name": name, "credentials": [pair], "actions": list(actions)}

    everything = ("Admin", "Read", "Write", "List", "Tagging")
    some = (f"Read:{BUCKET}", f"List:{BUCKET}")
    return {
        "identities": [
            identity("all", KEY, SECRET, *everything),
            identity("reader", READER, READER_SECRET, *some),
        ]
    }
