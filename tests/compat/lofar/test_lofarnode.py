"""A node script's own side: its class, its log, and what it needs of the process it is in."""

import json
import logging
import logging.handlers
import os
import pickle
import platform
import socketserver
import struct
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import flowlab
from flowlab.compat.lofar import lofarnode
from flowlab.compat.lofar.lofarnode import LOFARnode, LOFARnodeTCP, NodeScript
from flowlab.model.packets import Joiner, split
from tests.compat.lofar.scripts import SCRIPTS

HOME = str(Path(flowlab.__file__).parent.parent)


class Mine(NodeScript):
    def run(self, *args):
        self.logger.info("got %s", args)
        self.outputs["args"] = args
        return len(args)


@pytest.fixture
def channel(monkeypatch):
    """What came by the pipe, in whole messages."""
    source, sink = os.pipe()
    monkeypatch.setattr(lofarnode, "_CHANNEL", sink)

    def read():
        os.set_blocking(source, False)
        return Joiner().feed(os.read(source, 1 << 20))

    yield read
    os.close(source)
    os.close(sink)


def test_it_has_two_words_of_the_line_or_three():
    assert LOFARnode is LOFARnodeTCP is NodeScript
    two, three = Mine("host", "9"), Mine("4", "host", "9")
    assert (two.job_id, two.loghost, two.logport) == (None, "host", "9")
    assert (three.job_id, three.loghost, three.logport) == (4, "host", "9")
    with pytest.raises(TypeError, match=r"Mine\(sys\.argv\[1\], sys\.argv\[2\]\)"):
        Mine("host")


def test_its_logger_has_host_and_class_and_takes_all():
    logger = Mine().logger
    assert logger.name == f"node.{platform.node()}.Mine"
    assert logger.level == logging.DEBUG


def test_the_status_is_what_run_gives():
    assert Mine().run_with_logging("a", "b") == 2


def test_run_must_be_overridden():
    with pytest.raises(NotImplementedError, match=r"NodeScript has no run\(self, \*args\)"):
        NodeScript().run_with_logging()


def test_records_and_outputs_go_by_the_channel(channel):
    Mine().run_with_logging(1)
    record, outputs = channel()
    fields = json.loads(record[1:])
    assert record[:1] == b"r"
    assert (fields["msg"], fields["args"], fields["levelname"]) == ("got (1,)", None, "INFO")
    assert (outputs[:1], pickle.loads(outputs[1:])) == (b"o", {"args": (1,)})


def test_an_exception_travels_as_text_and_odd_fields_stay(channel):
    class Odd(NodeScript):
        def run(self):
            try:
                raise ValueError("no good")
            except ValueError:
                self.logger.exception("oh", extra={"lock": threading.Lock(), "number": 3})

    Odd().run_with_logging()
    fields = json.loads(channel()[0][1:])
    assert fields["exc_text"].endswith("ValueError: no good")
    assert fields["number"] == 3
    assert "lock" not in fields


def test_outputs_of_a_script_that_raised_are_lost(channel):
    class Bad(NodeScript):
        def run(self):
            self.outputs["said"] = 1
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - it is this very one
        Bad().run_with_logging()
    os.write(lofarnode._CHANNEL, next(split(b"", 1)))  # a message with nothing in it
    assert channel() == [b""]


def test_a_record_that_cannot_be_formatted_ends_nothing(channel, capsys):
    class Odd(NodeScript):
        def run(self):
            self.logger.propagate = False  # pytest's own handler would raise
            self.logger.info("%d", "three")
            self.logger.info("after")

    Odd().run_with_logging()
    assert [json.loads(one[1:])["msg"] for one in channel()] == ["after"]
    assert "Logging error" in capsys.readouterr().err


def test_threads_do_not_mix_what_they_log(channel):
    class Many(NodeScript):
        def run(self):
            threads = [threading.Thread(target=self.talk, args=(n,)) for n in range(4)]
            for each in threads:
                each.start()
            for each in threads:
                each.join()

        def talk(self, number):
            for _ in range(3):
                self.logger.info(str(number) * 2000)

    Many().run_with_logging()
    found = sorted(json.loads(one[1:])["msg"] for one in channel())
    assert found == sorted(str(n) * 2000 for n in range(4) for _ in range(3))


def test_stored_arguments_are_for_jobs_alone():
    with pytest.raises(
        RuntimeError, match="there are no stored arguments: run the script as a job"
    ):
        Mine().run_with_stored_arguments()


def script_alone(place, name, *words):
    """Run a script as anybody would on a command line."""
    environment = {**os.environ, "PYTHONPATH": HOME}
    return subprocess.run(
        [sys.executable, place / "nodes" / f"{name}.py", *words],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_script_runs_by_itself(place):
    done = script_alone(place, "three", "", "0")
    assert (done.returncode, done.stderr) == (3, "")


def test_by_itself_it_logs_to_the_port_that_it_is_told(place):
    told = []

    class Master(socketserver.StreamRequestHandler):
        def handle(self):
            while head := self.rfile.read(4):
                told.append(pickle.loads(self.rfile.read(struct.unpack(">L", head)[0])))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Master) as server:
        threading.Thread(target=server.serve_forever).start()
        host, port = server.server_address
        done = script_alone(place, "logs", host, str(port), "one")
        server.shutdown()
    assert done.returncode == 0
    assert [each["msg"] for each in told] == ["Received one as argument", "fine", "careful!"]


def test_it_loads_little(place):
    (place / "count.py").write_text(f"{SCRIPTS['ok'].splitlines()[1]}\nimport sys\n")
    code = "import flowlab.compat.lofar.lofarnode, sys; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": HOME}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert not loaded & {"msgspec", "cloudpickle", "zmq", "flowlab.tasks", "flowlab.errors"}


def test_programs_that_a_script_starts_are_not_told(place):
    code = (
        "import flowlab.compat.lofar.lofarnode, os; print([v for v in os.environ if 'LAB_' in v])"
    )
    told = {"FLOWLAB_CHANNEL": "1", "FLOWLAB_ARGUMENTS": "x", "FLOWLAB_NODE": "h"}
    environment = {k: v for k, v in os.environ.items() if "FLOWLAB_" not in k}
    done = subprocess.run(
        [sys.executable, "-c", code], env={**environment, **told, "PYTHONPATH": HOME},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "[]\n"


def test_outputs_are_a_dictionary():
    class Wrong(NodeScript):
        def run(self):
            self.outputs = 5

    with pytest.raises(TypeError, match=r"Wrong\.outputs is a dictionary, not 5; use self"):
        Wrong().run_with_logging()
