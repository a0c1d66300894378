"""What a browser can do at the dashboard's doors without the token, or without the XSRF cookie."""

import pytest
from playwright.sync_api import expect

PATHS = ["flowlab", "flowlab/", "flowlab/static/dashboard.js"]
DATA = ["flowlab/api/sessions", "flowlab/api/sessions/any", "flowlab/api/events"]
SOCKETS = ["flowlab/api/events", "flowlab/api/sessions/any/1"]

# Ends in "open", or in "closed" when the server let nobody in.
_CONNECT = """(address) => new Promise((resolve) => {
    const socket = new WebSocket(address);
    socket.onopen = () => resolve('open');
    socket.onclose = () => resolve('closed');
})"""
_ASK = """([address, method, headers]) => fetch(address, {method, headers, redirect: 'manual'})
    .then((answer) => answer.status)"""
_COOKIE = "() => /_xsrf=([^;]*)/.exec(document.cookie)[1]"


@pytest.fixture
def stranger(jupyter, new_context):
    """A page of somebody who is not logged in."""
    page = new_context().new_page()
    page.goto(jupyter.url("login", token=False))
    yield page
    page.context.close()


@pytest.fixture
def user(jupyter, new_context):
    """The dashboard of somebody who is."""
    page = new_context().new_page()
    page.goto(jupyter.url("flowlab"))
    expect(page.get_by_role("heading", name="Sessions")).to_be_visible()
    yield page
    page.context.close()


@pytest.mark.parametrize("path", PATHS)
def test_a_stranger_is_sent_to_the_login(jupyter, stranger, path):
    stranger.goto(jupyter.url(path, token=False))
    assert "/login?next=" in stranger.url


@pytest.mark.parametrize("path", DATA)
def test_a_stranger_gets_no_data(jupyter, stranger, path):
    assert stranger.evaluate(_ASK, [jupyter.url(path, token=False), "GET", {}]) == 403


@pytest.mark.parametrize("path", SOCKETS)
def test_a_stranger_is_let_into_no_websocket(jupyter, stranger, path):
    address = jupyter.url(path, token=False).replace("http", "ws", 1)
    assert stranger.evaluate(_CONNECT, address) == "closed"


def test_who_is_logged_in_is_let_in(jupyter, user):
    address = jupyter.url("flowlab/api/events", token=False).replace("http", "ws", 1)
    assert user.evaluate(_CONNECT, address) == "open"


def test_nothing_is_removed_without_the_cookies_word(jupyter, user):
    address = jupyter.url("flowlab/api/sessions/any", token=False)
    assert user.evaluate(_ASK, [address, "DELETE", {}]) == 403
    headers = {"X-XSRFToken": user.evaluate(_COOKIE)}
    assert user.evaluate(_ASK, [address, "DELETE", headers]) == 404  # there is no such journal
