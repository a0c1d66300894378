"""The routes of the extension, all of them: nobody gets past without the server's login."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import flowlab.dashboard
from flowlab.dashboard.extension import routes

VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

# A path for each route's pattern, in their order.
PATHS = (
    "",
    "/",
    "/static/dashboard.js",
    "/api/sessions",
    "/api/sessions/some-journal",
    "/api/sessions/some-journal/1",
    "/api/events",
)


def test_the_paths_below_are_those_of_all_routes():
    for (pattern, *_), path in zip(routes("/base/"), PATHS, strict=True):
        assert re.fullmatch(pattern, f"/base/flowlab{path}"), (pattern, path)


def test_a_base_url_is_no_pattern():
    (pattern, *_) = routes("/a+b/")[0]
    assert re.fullmatch(pattern, "/a+b/flowlab")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("verb", VERBS)
def test_without_a_token_every_route_and_verb_is_refused(server, path, verb):
    answer = server.ask(path, verb, token=False)
    assert answer.status in (302, 403)
    if answer.status == 302:
        assert answer.headers["Location"].startswith(f"{server.base}login?next=")
    assert b"session" not in answer.body


@pytest.mark.parametrize("path", PATHS[:3])
def test_a_browser_without_a_token_is_sent_to_the_login_page(server, path):
    assert server.ask(path, token=False).status == 302


def test_a_wrong_token_is_no_token(server):
    answer = server.ask("/api/sessions", token=False, Authorization="token wrong")
    assert answer.status == 403


def test_the_file_that_enables_it_names_the_extension():
    folder = Path(flowlab.dashboard.__file__).parent
    wanted = json.loads((folder / "jupyter_flowlab.json").read_text(encoding="utf-8"))
    (point,) = flowlab.dashboard._jupyter_server_extension_points()
    assert wanted == {"ServerApp": {"jpserver_extensions": {point["module"]: True}}}


def test_installing_enables_it(server):
    """Asked without a user's configuration: what the installed package itself brought."""
    done = subprocess.run(
        [sys.executable, "-m", "jupyter", "server", "extension", "list"],
        env={**server.environment, "JUPYTER_CONFIG_DIR": str(server.home / "empty")},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
    assert re.search(r"flowlab\.dashboard\s+enabled", said), said
    assert re.search(r"flowlab\.dashboard \S+ +OK", said), said
