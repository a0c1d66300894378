"""A task that logs, and a handler that keeps what comes."""

import logging
import sys
import time

import cloudpickle

from flowlab import remote

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # engines cannot import tests


@remote(outputs=0)
def talk(ctx, count, pause=0.0):
    """Log so many lines, in slices of a hundredth of a second or so."""
    logger = logging.getLogger("node.here.Talker")
    for number in range(count):
        logger.debug("line %d", number)
        if pause and number % 100 == 99:
            time.sleep(pause)


class Keep(logging.Handler):
    """Keeps the records that come, by task."""

    def __init__(self):
        super().__init__()
        self.records = []

    def emit(self, record):
        self.records.append(record)

    def texts(self, task):
        """What a task logged."""
        return [r.getMessage() for r in self.records if r.task_id == task.task_id]


def listen(session, level="DEBUG"):
    """A handler of the session's logger."""
    keep = Keep()
    session.logger.propagate = False  # the tests' own handlers would print it all
    session.logger.setLevel(level)
    session.logger.addHandler(keep)
    return keep


def lines(count):
    return [f"line {number}" for number in range(count)]
