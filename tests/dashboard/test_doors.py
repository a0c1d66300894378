"""The routes over HTTP, asked of a real server below a base_url."""

import gzip
import re

import pytest

from tests.dashboard.journals import Written, dead, opened, submitted
from tests.dashboard.server import order


@pytest.fixture
def over(server, request):
    """The journal of a client that is over."""
    name = f"over-{request.node.name[:40]}".replace("[", "-").replace("]", "")
    meta = dead(Written(server.journals.parent / "aside", name).meta)
    return Written(server.journals, name, meta).write(opened(name=name), submitted(2))


def test_the_page_has_no_script_of_its_own_and_forbids_all_but_ours(server):
    answer = server.ask("")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    text = answer.body.decode()
    assert re.findall(r"<script[^>]*>([^<]*)</script>", text) == [""]
    assert "<style" not in text
    assert not re.search(r"\son\w+=", text)
    assert re.findall(r'(?:src|href)="([^"]*)"', text) == ["data:,", "flowlab/static/dashboard.js"]


def test_a_slash_at_the_end_leads_to_the_page(server):
    answer = server.ask("/")
    assert (answer.status, answer.headers["Location"]) == (302, f"{server.base}flowlab")


def test_files_are_sent_packed_and_are_to_be_asked_for_again(server):
    plain = server.ask("/static/dashboard.js")
    assert (plain.status, plain.headers["Cache-Control"]) == (200, "no-cache")
    assert plain.headers["Content-Type"] == "text/javascript; charset=UTF-8"
    assert plain.headers["X-Content-Type-Options"] == "nosniff"
    packed = server.ask("/static/dashboard.js", Accept_Encoding="br, gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < 61_440
    assert server.ask("/static/dashboard.js", "HEAD").body == b""
    again = server.ask("/static/dashboard.js", If_None_Match=plain.headers["Etag"])
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(
    "path", ["../page.html", "..%2fpage.html", "%2e%2e/page.html", "/etc/passwd"]
)
def test_no_path_leads_out_of_the_files(server, path):
    assert server.ask(f"/static/{path}").status in (403, 404)


def test_a_living_script_is_listed(server):
    script = server.script("living")
    order(script, 4)
    row = server.journal("living")
    assert row["life"] == "live"
    assert row["sessions"][0]["counts"] == {"finished": 4}


def test_a_script_that_was_killed_is_over_and_complete(server):
    script = server.script("killed")
    order(script, 3)
    script.kill()
    script.wait()
    row = server.journal("killed")
    assert (row["life"], row["fault"], row["damaged"]) == ("over", "", 0)
    assert row["sessions"][0]["counts"] == {"finished": 3}


def test_the_journal_of_a_living_client_is_not_removed(server):
    order(server.script("stays"), 1)
    name = server.journal("stays")["journal"]
    answer = server.ask(f"/api/sessions/{name}", "DELETE")
    assert answer.status == 409
    assert "close it first" in answer.json["message"]
    assert server.journal("stays") is not None


def test_one_journal_is_asked_for_by_its_name(server, over):
    row = server.ask(f"/api/sessions/{over.path.name}").json
    assert (row["journal"], row["life"]) == (over.path.name, "over")
    for name in ("none", "..", "%2e%2e%2fetc"):
        assert server.ask(f"/api/sessions/{name}").status == 404


def test_the_journal_of_a_client_that_is_over_is_removed(server, over):
    assert server.ask(f"/api/sessions/{over.path.name}", "DELETE").status == 204
    assert not over.path.exists()
    assert server.ask(f"/api/sessions/{over.path.name}", "DELETE").status == 404


@pytest.mark.parametrize(
    "name", ["..", "%2e%2e", "..%2f..%2fetc", "a%00b", "%2fetc", ".hidden", "none"]
)
def test_no_name_leads_to_another_place(server, name):
    assert server.ask(f"/api/sessions/{name}", "DELETE").status == 404


def test_a_removal_needs_the_xsrf_token(server, over):
    cookies, token = server.log_in()
    path = f"/api/sessions/{over.path.name}"
    assert server.ask("/api/sessions", token=False, Cookie=cookies).status == 200
    assert server.ask(path, "DELETE", token=False, Cookie=cookies).status == 403
    wrong = server.ask(path, "DELETE", token=False, Cookie=cookies, X_XSRFToken="wrong")
    assert wrong.status == 403
    assert over.path.exists()
    right = server.ask(path, "DELETE", token=False, Cookie=cookies, X_XSRFToken=token)
    assert right.status == 204
    assert not over.path.exists()


@pytest.mark.parametrize("path", ["", "/api/sessions", "/api/sessions/x", "/api/events"])
@pytest.mark.parametrize("verb", ["POST", "PUT", "PATCH"])
def test_other_verbs_change_nothing(server, path, verb):
    cookies, _ = server.log_in()
    assert server.ask(path, verb, token=False, Cookie=cookies).status == 403
    assert server.ask(path, verb).status == 405


def test_a_foreign_host_is_refused(server):
    assert server.ask("/api/sessions", Host="evil.example").status == 403
