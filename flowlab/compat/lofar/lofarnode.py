"""`NodeScript`: what a node script derives its class from. It runs in the script's own process.

Records of its logger and its outputs go to the engine by a pipe that the script was started with;
when somebody else started it, records go to the log's host and port. This file loads little: each
job imports it.
"""

import json
import logging
import os
import pickle
import platform
import select
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import SocketHandler
from typing import Any

from flowlab.model.packets import split

__all__ = ["LOFARnode", "LOFARnodeTCP", "NodeScript"]

# What the engine has told; taken out, so that programs which the script starts are not misled
_CHANNEL = int(os.environ.pop("FLOWLAB_CHANNEL", "-1"))
_ARGUMENTS = os.environ.pop("FLOWLAB_ARGUMENTS", "")
_HOST = os.environ.pop("FLOWLAB_NODE", "") or platform.node()

_RECORD, _OUTPUTS = b"r", b"o"  # as in flowlab.tasks.talk, which a script does not load
_PLAIN = (str, int, float, bool, type(None))


class NodeScript:
    """A script's work: override `run`.

    address  as they stand on the command line: host and port of the log, or before them the number
             of the job
    logger   its records go to the session's logger
    outputs  what goes back with the job's results
    """

    def __init__(self, *address: str) -> None:
        if len(address) not in {0, 2, 3}:
            raise TypeError(
                f"{type(self).__name__} takes the first two words of its command line, loghost and "
                "logport, or the first three, jobid, host and port; as in "
                f"{type(self).__name__}(sys.argv[1], sys.argv[2])"
            )
        self.job_id = int(address[0]) if len(address) == 3 else None
        self.loghost, self.logport = address[-2:] if address else ("", "0")
        self.logger = logging.getLogger(f"node.{_HOST}.{type(self).__name__}")
        self.logger.setLevel(logging.DEBUG)
        self.outputs: dict[str, Any] = {}
        self.environment = os.environ

    def run(self, *args: Any) -> int | None:
        """Do the work; what is returned is the exit status, and None stands for 0."""
        raise NotImplementedError(f"{type(self).__name__} has no run(self, *args) of its own")

    def run_with_logging(self, *args: Any) -> int | None:
        """Run, with these arguments and the log; then give the outputs back."""
        with self._logging():
            status = self.run(*args)
        if not isinstance(self.outputs, dict):
            raise TypeError(
                f"{type(self).__name__}.outputs is a dictionary, not {self.outputs!r}; use "
                "self.outputs['name'] = value"
            )
        if self.outputs and _CHANNEL >= 0:
            _send(_OUTPUTS, _pickled(self.outputs))
        return status

    def run_with_stored_arguments(self) -> int | None:
        """Run with the arguments that the job was given, as objects."""
        if not _ARGUMENTS:
            raise RuntimeError(
                "there are no stored arguments: run the script as a job, by ComputeJob or "
                "flowlab.Node; or use run_with_logging(*sys.argv[3:])"
            )
        with open(_ARGUMENTS, "rb") as file:
            arguments = list(_values(file))
        return self.run_with_logging(*arguments)

    @contextmanager
    def _logging(self) -> Iterator[None]:
        handler = self._handler()
        if handler is not None:
            self.logger.addHandler(handler)
        try:
            yield
        finally:
            if handler is not None:
                self.logger.removeHandler(handler)
                handler.close()

    def _handler(self) -> logging.Handler | None:
        if _CHANNEL >= 0:
            return _ToEngine()
        return SocketHandler(self.loghost, int(self.logport)) if self.loghost else None


LOFARnode = LOFARnodeTCP = NodeScript


class _ToEngine(logging.Handler):
    """Writes records into the pipe."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; one that cannot be formatted is said to be so by `logging`."""
        try:
            _send(_RECORD, json.dumps(_fields(record)).encode())
        except Exception:  # noqa: BLE001 - arguments of the user's own, as in logging's handlers
            self.handleError(record)


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    """What travels of a record: its text is made here, and its own fields are plain values."""
    fields = {name: value for name, value in vars(record).items() if isinstance(value, _PLAIN)}
    fields["msg"], fields["args"], fields["exc_info"] = record.getMessage(), None, None
    if record.exc_info and not record.exc_text:
        fields["exc_text"] = logging.Formatter().formatException(record.exc_info)
    return fields


def _send(kind: bytes, body: bytes) -> None:
    for packet in split(kind + body, threading.get_native_id(), select.PIPE_BUF):
        os.write(_CHANNEL, packet)


def _values(file: Any) -> Iterator[Any]:
    """Pickles one after the other, which may share what they hold."""
    unpickler = pickle.Unpickler(file)
    while True:
        try:
            yield unpickler.load()
        except EOFError:
            return


def _pickled(outputs: dict[str, Any]) -> bytes:
    """By value, where they are of classes that only this script has."""
    data = pickle.dumps(outputs, 5) if _is_plain(outputs) else b""
    if data:
        return data
    import cloudpickle  # noqa: PLC0415 - it takes as long as all the rest, and few need it

    return bytes(cloudpickle.dumps(outputs, 5))


def _is_plain(value: Any) -> bool:
    """Whether no class of the script's own can be in it."""
    if type(value) in {list, tuple}:
        return all(map(_is_plain, value))
    if type(value) is dict:
        return all(map(_is_plain, (*value, *value.values())))
    return type(value) in {*_PLAIN, bytes}
