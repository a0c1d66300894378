"""The websockets of a real server: who gets in, what comes, and what a slow browser costs."""

import asyncio
import json
import socket
import time

import psutil
import pytest
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from flowlab.dashboard.sockets import NOT_UNDERSTOOD, WISH
from tests.cluster.peer import wait_until
from tests.dashboard.journals import Written, opened, said, submitted
from tests.dashboard.server import order


def play(story):
    return asyncio.run(asyncio.wait_for(story, 60))


async def connect(server, path, token=True, **headers):
    """A websocket below `flowlab/api`."""
    if token:
        headers["Authorization"] = f"token {server.token}"
    address = f"ws://127.0.0.1:{server.port}{server.path('/api/' + path)}"
    return await websocket_connect(HTTPRequest(address, headers=headers), max_message_size=1 << 30)


async def hear(line, kind):
    """The next message of this kind."""
    while True:
        text = await line.read_message()
        assert text is not None, f"closed: {line.close_code} {line.close_reason}"
        message = json.loads(text)
        if message["type"] == kind:
            return message


async def refused(server, path, **how):
    with pytest.raises(HTTPClientError) as caught:
        await connect(server, path, **how)
    return caught.value.code


@pytest.fixture
def script(server, request):
    """A script that ran three tasks, and where its session is."""
    started = server.script(request.node.name)
    order(started, 3)
    started.journal = server.journal(request.node.name)["journal"]
    started.place = f"sessions/{started.journal}/1"
    return started


def test_without_a_token_no_websocket_is_opened(server, script):
    assert play(refused(server, "events", token=False)) == 403
    assert play(refused(server, script.place, token=False)) == 403
    assert play(refused(server, script.place, token=False, Authorization="token x")) == 403


def test_a_page_of_another_origin_opens_none(server, script):
    cookies, _ = server.log_in()
    for path in ("events", script.place):
        how = {"token": False, "Cookie": cookies}
        assert play(refused(server, path, Origin="http://evil.example", **how)) == 403
        play(connect(server, path, Origin=server.origin, **how))


@pytest.mark.parametrize("name", ["..", "%2e%2e", "..%2fx", "nobody", "a%00b"])
def test_no_name_leads_to_another_place(server, name):
    assert play(refused(server, f"sessions/{name}/1")) == 404


def test_a_session_is_followed_while_it_runs(server, script):
    async def story():
        line = await connect(server, script.place)
        assert (await hear(line, "Standing"))["life"] == "live"
        snapshot = await hear(line, "Snapshot")
        assert len(snapshot["tasks"]["ids"]) == 3
        assert len(snapshot["said"]) == 3
        await asyncio.to_thread(order, script, 2)
        seen = []
        while "Reported" not in seen:
            delta = await hear(line, "Delta")
            seen += [entry["event"]["type"] for entry in delta["entries"]]
        assert "Submitted" in seen

    play(story())


def test_a_script_that_is_killed_is_said_to_be_over_and_stays_complete(server, script):
    async def story():
        line = await connect(server, script.place)
        await hear(line, "Snapshot")
        script.kill()
        script.wait()
        while (await hear(line, "Standing"))["life"] != "over":
            pass
        again = await connect(server, script.place)
        snapshot = await hear(again, "Snapshot")
        place = snapshot["words"].index("finished")
        assert snapshot["tasks"]["states"] == [place] * 3

    play(story())


def test_two_browsers_see_the_same(server, script):
    async def story():
        lines = [await connect(server, script.place) for _ in range(2)]
        for line in lines:
            assert len((await hear(line, "Snapshot"))["tasks"]["ids"]) == 3
        await asyncio.to_thread(order, script, 1)
        for line in lines:
            assert (await hear(line, "Delta"))["entries"]

    play(story())


def test_a_hidden_page_is_left_alone(server, script):
    async def story():
        line = await connect(server, script.place)
        await hear(line, "Snapshot")
        await line.write_message('{"type":"hidden"}')
        await asyncio.to_thread(order, script, 1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(hear(line, "Delta"), 1)
        line = await connect(server, script.place)
        await line.write_message('{"type":"hidden"}')
        await line.write_message('{"type":"shown"}')
        assert len((await hear(line, "Snapshot"))["tasks"]["ids"]) == 4

    play(story())


@pytest.mark.parametrize("message", ["", "hello", "[]", '{"type":"stop"}', '{"type":1}', "[" * 999])
def test_what_is_no_request_ends_the_connection(server, script, message):
    async def story():
        line = await connect(server, script.place)
        await line.write_message(message)
        while await line.read_message() is not None:
            pass
        assert line.close_code == NOT_UNDERSTOOD

    play(story())


def test_a_long_message_ends_the_connection(server, script):
    async def story():
        line = await connect(server, script.place)
        await line.write_message("x" * (WISH + 1))
        while await line.read_message() is not None:
            pass

    play(story())


def test_the_list_comes_and_comes_again_when_it_changed(server):
    async def story():
        line = await connect(server, "events")
        await hear(line, "Listing")
        started = server.script("seen in the list")
        await asyncio.to_thread(order, started, 2)

        def counts(listing):
            rows = [session for row in listing["journals"] for session in row["sessions"]]
            return [row["counts"] for row in rows if row["name"] == "seen in the list"]

        while counts(await hear(line, "Listing")) != [{"finished": 2}]:
            pass

    play(story())


def deaf(server, path):
    """A websocket whose other end never reads."""
    line = socket.create_connection(("127.0.0.1", server.port), 10)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    asked = [
        f"GET {server.path('/api/' + path)} HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        f"Authorization: token {server.token}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    ]
    line.sendall("\r\n".join([*asked, "", ""]).encode())
    return line


def test_who_does_not_read_costs_a_bounded_amount(server):
    journal = Written(server.journals, "loud").write(opened(name="loud"), submitted(100))
    text = "x" * 60_000
    process = psutil.Process(server.process.pid)
    with deaf(server, "sessions/loud/1") as line:
        assert line.recv(12) == b"HTTP/1.1 101"
        before = None
        for number in range(800):  # 48 MB, and as much again would wait if nothing were left out
            journal.write(said(text, number + 1))
            if number == 200:
                before = process.memory_info().rss
            time.sleep(0.002)
        wait_until(lambda: len(server.journal("loud")["sessions"]) == 1)
        assert process.memory_info().rss - before < 20_000_000

    async def story():
        """And the server has time for others meanwhile."""
        other = await connect(server, "sessions/loud/1")
        assert len((await hear(other, "Snapshot"))["tasks"]["ids"]) == 100

    play(story())
