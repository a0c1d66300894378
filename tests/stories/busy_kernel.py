"""What a notebook's kernel does while it is killed: run as a program, or as the text of a cell.

Prints one line of JSON when the engines are busy, then stays. What its tasks start would outlive
everything if nobody ended it: a program, a shell's child in a session of its own, a large object.
"""

import json

from flowlab import Client, pickled, remote, tasks

client = Client(n=2)
session = client.new_session("busy", default=True)


@remote(outputs=0)
def spin(ctx, data):
    """Hold the engine in plain Python, beside a child that nobody waits for."""
    import subprocess

    with open("left behind", "w") as file:
        file.write("x" * 1000)
    subprocess.Popen(["sleep", "3600"], start_new_session=True)
    ctx.debug("busy")
    while True:
        pass


large = pickled(bytes(10_000_000))
large.keep()
spin(large)
tasks.Execute("echo begun > file; exec sleep 3600", shell=True)
session.submit()


def is_busy():
    """Whether both engines run something."""
    return sum(bool(each["running"]) for each in client.describe()["engines"]) == 2


def wait_until_busy():
    """Wait; then say where everything lies."""
    import time

    deadline = time.monotonic() + 60
    while not is_busy():
        if time.monotonic() > deadline:
            raise TimeoutError(client.describe())
        time.sleep(0.05)
    print(json.dumps({"path": str(client._run.path)}), flush=True)


wait_until_busy()
if "get_ipython" not in globals():
    session.wait_all()
