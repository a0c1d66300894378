"""The socket is private, and found again; loopback TCP stands in where there is no AF_UNIX."""

import threading

import pytest

from flowlab.errors import LinkError
from flowlab.session import address
from flowlab.session.address import cut, listen, reach


@pytest.mark.parametrize("unix", [True, False])
def test_a_frame_arrives(run, monkeypatch, unix):
    monkeypatch.setattr(address, "_HAS_UNIX", unix)
    with listen(run) as listener:
        heard = []

        def serve():
            with listener.accept() as link:
                heard.append(link.recv_bytes())

        thread = threading.Thread(target=serve)
        thread.start()
        with reach(run) as link:
            link.send_bytes(b"hello")
        thread.join(5)
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


def test_a_cut_wakes_the_thread_that_reads(run):
    ended = threading.Event()
    with listen(run) as listener:
        served = []
        accepting = threading.Thread(target=lambda: served.append(listener.accept()))
        accepting.start()
        link = reach(run)
        accepting.join(5)

        def read():
            with pytest.raises((EOFError, OSError)):
                link.recv_bytes()
            ended.set()

        threading.Thread(target=read).start()
        cut(link)
        assert ended.wait(5)
        link.close()
        cut(link)  # a second time does no harm
        served[0].close()
