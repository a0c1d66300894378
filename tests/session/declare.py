"""Declares tasks for the answering cluster, and waits for what comes about."""

import time

from flowlab.graph.nodes import DataObject, Task


def task(session, config="", inputs=(), *, name=None, outputs=1, **claims):
    """A task that is answered as `config` asks; see answering.py."""
    return Task(
        "answer",
        inputs=inputs,
        outputs=outputs,
        config=config.encode(),
        name=name,
        session=session,
        **claims,
    )


def constant(session, data):
    """An object of the user's."""
    made = DataObject("data", session, value=data)
    session.add(made)
    return made


def update(thing):
    """The thing, with its state as it is now."""
    thing.update()
    return thing


def wait_until(done, seconds=10):
    """Wait for a condition, with an end."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.005)
