"""`sys.stdout` of tasks, as a stream."""

import io
import sys
import threading

import pytest

from flowlab.worker.tap import Tap
from flowlab.worker.writers import Streams, TapWriter


def writer(thread=None):
    tap = Tap()
    one = TapWriter(tap, "stdout", thread)
    one.outside = io.StringIO()
    return tap, one


def test_it_behaves_as_a_text_stream():
    tap, one = writer()
    tap.begin((7, 1))
    assert one.write("abc") == 3
    one.writelines(["d", "e"])
    one.close()
    one.flush()
    print("f", file=one)
    assert (one.writable(), one.isatty(), one.fileno(), one.closed) == (True, False, 1, False)
    assert tap.end()[0].text == "abcdef\n"


def test_only_text_is_taken():
    _, one = writer()
    with pytest.raises(TypeError, match="must be str, not bytes"):
        one.write(b"abc")


def test_text_of_nobody_goes_outside():
    tap, one = writer()
    one.write("of nobody")
    assert one.outside.getvalue() == "of nobody"
    assert tap.take() == ()


def test_beside_a_notebook_text_of_other_threads_goes_outside():
    tap, one = writer(threading.get_ident())
    tap.begin((7, 1))
    thread = threading.Thread(target=one.write, args=("a cell's",))
    thread.start()
    thread.join()
    one.write("the task's")
    assert one.outside.getvalue() == "a cell's"
    assert tap.end()[0].text == "the task's"


def test_the_streams_come_and_go_and_are_repaired():
    before = (sys.stdout, sys.stderr)
    streams = Streams(Tap())
    streams.enter()
    ours = (sys.stdout, sys.stderr)
    sys.stdout = None
    streams.repair()
    assert (sys.stdout, sys.stderr) == ours
    streams.leave()
    assert (sys.stdout, sys.stderr) == before
