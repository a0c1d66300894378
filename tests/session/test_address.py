"""The socket is private, and found again; loopback TCP stands in where there is no AF_UNIX."""

import threading

import pytest

from flowlab.errors import LinkError
from flowlab.session import address
from flowlab.session.address import listen, reach
from flowlab.session.wire import Wire


@pytest.mark.parametrize("unix", [True, False])
def test_a_frame_arrives(run, monkeypatch, unix):
    monkeypatch.setattr(address, "_HAS_UNIX", unix)
    with listen(run) as listener:
        heard = []

        def serve():
            wire = Wire(listener.accept())
            heard.append(wire.receive())
            wire.close()

        thread = threading.Thread(target=serve)
        thread.start()
        wire = reach(run)
        wire.send(b"hello")
        thread.join(5)
        wire.close()
        assert heard == [b"hello"]
        file = run.link_socket if unix else run.path / "link.json"
        assert file.stat().st_mode & 0o777 == 0o600
        assert run.key not in file.parent.joinpath("meta.json").read_text()


def test_what_a_killed_process_left_is_no_hindrance(run):
    run.link_socket.touch()
    listen(run).close()


def test_nobody_there_is_said(run):
    with pytest.raises(LinkError, match="does not answer"):
        reach(run)
