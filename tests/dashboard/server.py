"""A real Jupyter server with the dashboard, scripts that it sees, and a client that asks it."""

import json
import os
import secrets
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path
from typing import NamedTuple

from tests.cluster.peer import wait_until

BASE = "/user/a@b.c/"

# The others that may be installed here take seconds to load.
_OTHERS = ("ipyparallel", "jupyter_lsp", "jupyter_server_terminals", "jupyterlab", "notebook")
EXTENSIONS = {"flowlab.dashboard": True, **dict.fromkeys(_OTHERS, False)}

# A plain script that runs a few tasks in its own process, then does what it is told on its input.
SCRIPT = """
import sys
from flowlab import Client, remote

@remote()
def say(ctx, number):
    print("said", number)
    return str(number)

client = Client(inline=True)
session = client.new_session(sys.argv[1])
for line in sys.stdin:
    with session.bind_only():
        made = [say(number) for number in range(int(line))]
        for each in made:
            each.output.keep()
    session.submit()
    session.wait_all()
    print("done", flush=True)
"""


class Answer(NamedTuple):
    """What the server said."""

    status: int
    headers: Message
    body: bytes

    @property
    def cookies(self):
        """The cookies that it sets, one text each."""
        return self.headers.get_all("Set-Cookie", [])

    @property
    def json(self):
        return json.loads(self.body)


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer, not a way to go."""

    def redirect_request(self, *_ignored):
        return None


class Server:
    """One server; all that it and its scripts write lies below `home`."""

    def __init__(self, home: Path, base: str = BASE) -> None:
        self.home = home
        self.base = base
        self.token = secrets.token_hex(16)
        self.environment = {
            **os.environ,
            **{
                name: str(home / name.lower())
                for name in (
                    "JUPYTER_CONFIG_DIR",
                    "JUPYTER_DATA_DIR",
                    "JUPYTER_RUNTIME_DIR",
                    "IPYTHONDIR",
                    "FLOWLAB_DATA",
                )
            },
        }
        with socket.socket() as asked:
            asked.bind(("127.0.0.1", 0))
            self.port = asked.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None
        self._scripts: list[subprocess.Popen[str]] = []

    @property
    def journals(self) -> Path:
        return Path(self.environment["FLOWLAB_DATA"]) / "journals"

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def path(self, path: str) -> str:
        return f"{self.base}flowlab{path}"

    def start(self) -> "Server":
        """Start it, and wait until it answers."""
        config = Path(self.environment["JUPYTER_CONFIG_DIR"])
        config.mkdir(parents=True)
        wanted = {"jpserver_extensions": EXTENSIONS, "base_url": self.base}
        more = {"port_retries": 0, "allow_root": True, "open_browser": False, "ip": "127.0.0.1"}
        text = json.dumps({"ServerApp": {**wanted, **more, "root_dir": str(self.home)}})
        (config / "jupyter_server_config.json").write_text(text)
        with (self.home / "server.log").open("wb") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "jupyter_server", f"--port={self.port}"),
                    f"--IdentityProvider.token={self.token}",
                ],
                env=self.environment,
                cwd=self.home,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_until(self._answers, 40)
        return self

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.home / "server.log").read_text()
        try:
            return self.ask("/api/sessions").status == 200
        except OSError:
            return False

    def stop(self) -> None:
        """End the scripts and the server."""
        for each in self._scripts:
            each.kill()
            each.communicate()
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)

    # --- asked over HTTP

    def ask(self, path: str, method: str = "GET", token: bool = True, **headers: str) -> Answer:
        """Ask for a path below `flowlab`; `X_Y` stands for the header `X-Y`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            named["Authorization"] = f"token {self.token}"
        request = urllib.request.Request(
            self.origin + self.path(path), method=method, headers=named
        )
        try:
            with urllib.request.build_opener(_Stay).open(request, timeout=20) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())

    def journal(self, name: str):
        """The journal that has a session of this name, or None."""
        for row in self.ask("/api/sessions").json["journals"]:
            if any(session["name"] == name for session in row["sessions"]):
                return row
        return None

    def log_in(self) -> tuple[str, str]:
        """What a browser gets that was let in by the page: its cookies, and the token in one."""
        login = self.ask(f"?token={self.token}", token=False)
        cookies = dict(each.split(";")[0].split("=", 1) for each in login.cookies)
        return "; ".join(f"{name}={value}" for name, value in cookies.items()), cookies["_xsrf"]

    # --- what it sees

    def script(self, name: str) -> "subprocess.Popen[str]":
        """A script whose session has this name; it waits for its first order."""
        started = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, name],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._scripts.append(started)
        return started


def order(script: "subprocess.Popen[str]", tasks: int) -> None:
    """Have a script run so many tasks, and wait for their end."""
    assert script.stdin is not None
    assert script.stdout is not None
    script.stdin.write(f"{tasks}\n")
    script.stdin.flush()
    assert script.stdout.readline() == "done\n"
