"""A real Jupyter server of our own, that shares nothing with the user's: no settings, no sessions.

JupyterLab and Notebook 7 are two pages of the same server, as they are wherever both are installed.
It stands below a base_url, as hubs have them.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Self
from urllib.error import URLError
from urllib.parse import urlencode

from flowlab.cluster import reap
from tests.cluster.peer import wait_until

BASE = "/user/a@b/"
START_SECONDS = 90
STOP_SECONDS = 15

# Tests that are killed leave no server: the kernel ends it with them (PR_SET_PDEATHSIG, SIGTERM).
_END_WITH_PARENT = """import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 15)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"""

_SERVER = {
    "ServerApp": {"base_url": BASE, "port_retries": 0, "open_browser": False, "allow_root": True},
    "LabApp": {"expose_app_in_browser": True},
    "JupyterNotebookApp": {"expose_app_in_browser": True},
}
_QUIET = {"fetchNews": "false", "checkForUpdates": False}  # no pop-up over the page, no network


class Jupyter:
    """One server; what it and its kernels write lies below `home`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.notebooks = home / "notebooks"
        self.data = home / "data"  # where flowlab keeps its journals
        self.token = secrets.token_hex(16)
        self.word = f"FLOWLAB_TEST={secrets.token_hex(8)}"
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """For the server, its kernels, and scripts that are to be seen beside them."""
        below = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "jupyter",
            "JUPYTER_RUNTIME_DIR": "jupyter/runtime",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "IPYTHONDIR": "ipython",
            "XDG_RUNTIME_DIR": "run",
            "FLOWLAB_DATA": "data",
        }
        own = {name: str(self.home / place) for name, place in below.items()}
        mark, _, word = self.word.partition("=")
        return {**os.environ, **own, mark: word, "FLOWLAB_ENGINES": "2"}

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._port}"

    def url(self, path: str, *, token: bool = True, **query: str) -> str:
        """The address of a path below the base_url."""
        asked = {**({"token": self.token} if token else {}), **query}
        tail = f"?{urlencode(asked)}" if asked else ""
        return f"{self.origin}{BASE}{path}{tail}"

    def start(self) -> Self:
        """Start, and wait until it answers."""
        self._write_settings()
        log = (self.home / "server.log").open("wb")
        program = [sys.executable, "-c", _END_WITH_PARENT, "-m", "jupyterlab"]
        place = ["--ip=127.0.0.1", f"--port={self._port}"]
        self._process = subprocess.Popen(
            [*program, *place, f"--IdentityProvider.token={self.token}"],
            cwd=self.notebooks,
            env=self.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        log.close()
        wait_until(self._answers, START_SECONDS)
        return self

    def _write_settings(self) -> None:
        for name in ("run", "data"):
            (self.home / name).mkdir(mode=0o700)
        self.notebooks.mkdir()
        config = self.home / "config"
        config.mkdir()
        (config / "jupyter_server_config.json").write_text(json.dumps(_SERVER))
        quiet = self.home / "settings" / "@jupyterlab" / "apputils-extension"
        quiet.mkdir(parents=True)
        (quiet / "notification.jupyterlab-settings").write_text(json.dumps(_QUIET))

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            said = (self.home / "server.log").read_text(errors="replace")
            raise AssertionError(f"the Jupyter server ended:\n{said[-4000:]}")
        try:
            with urllib.request.urlopen(self.url("api/status"), timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def stop(self) -> None:
        """Stop the server and its kernels; a process that stays is killed, and told."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(STOP_SECONDS)
        self._nothing_left()

    def _nothing_left(self) -> None:
        mark = [self.word.encode()]
        try:
            wait_until(lambda: not reap.find_marked(mark), STOP_SECONDS)
        except AssertionError:
            left = {pid: _command(pid) for pid in reap.find_marked(mark)}
            for pid in left:
                reap.kill(pid)
            raise AssertionError(f"left behind: {left}") from None


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return "it has ended meanwhile"
