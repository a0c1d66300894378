"""The manager's program: what it says, and when it ends."""

import json
import os
import subprocess
import sys

import msgspec
import pytest

from flowlab.shared import main
from flowlab.shared.main import Orders, Voice
from tests.cluster.peer import wait_until


def run(orders, program="flowlab.shared.main"):
    return subprocess.run(
        [sys.executable, "-m", program],
        input=msgspec.json.encode(orders) + b"\n",
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def orders():
    return Orders("run", "1", b"key".hex(), "127.0.0.1", sys.path[:], 0o022)


def test_it_says_its_port_and_ends_with_its_input(orders):
    done = run(orders)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["port"] > 1024


def test_it_says_what_is_wrong(orders):
    done = run(msgspec.structs.replace(orders, host="203.0.113.1"))
    assert "203.0.113.1" in json.loads(done.stdout)["fault"]


def test_a_voice_says_all_that_there_is_room_for(monkeypatch):
    monkeypatch.setattr(main, "_WORDS", 3)
    reading, writing = os.pipe()
    os.set_blocking(writing, True)
    voice = Voice(writing)
    filled = json.dumps({"said": "x" * 30_000}).encode()
    for _ in range(20):  # more than the pipe holds
        voice.say("x" * 30_000)
    wait_until(lambda: voice._lost)
    told = b""
    while b"more lines like these were left out" not in told:
        told += os.read(reading, 1 << 16)
        voice.say("again")
    assert filled in told


def test_orders_do_not_show_their_key():
    orders = Orders("run", "1", "the key", "127.0.0.1", [], 0)
    assert "the key" not in f"{orders} {orders!r}"
