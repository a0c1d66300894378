"""Records real sessions for both sides' tests: `python -m tests.wire.journals` writes them anew.

`tests/journals/NAME.jsonl` are the entries as they came; names of this machine are replaced. What
must be seen of them is written by `tests.wire.twins`.
"""

import contextlib
import os
import socket
import sys
import tempfile
from pathlib import Path

from flowlab import Client, blob, remote, tasks
from flowlab.events import messages as m
from flowlab.events.codec import decode_entry, encode_entry
from flowlab.model.states import FINAL
from flowlab.view.fold import fold
from flowlab.view.picture import View
from tests.stories.watching import Watcher, wait_for_engines

FOLDER = Path(__file__).parents[1] / "journals"


def main():
    """Record all, or those that are named."""
    for name in sys.argv[1:] or STORIES:
        entries = [decode_entry(line) for line in anonymous(STORIES[name]())]
        lines = b"".join(map(encode_entry, entries))
        (FOLDER / f"{name}.jsonl").write_bytes(lines)
        print(f"{name}: {len(entries)} entries, {len(lines)} bytes")


def read(name):
    """The entries of a recorded journal."""
    return [decode_entry(line) for line in (FOLDER / f"{name}.jsonl").read_bytes().splitlines()]


def anonymous(entries):
    """Lines of these entries without the names of this machine."""
    names = {
        str(Path(__file__).parents[2]): "checkout",
        sys.prefix: "venv",
        sys.base_prefix: "python",
        tempfile.gettempdir(): "tmp",
        str(Path.home()): "home",
        socket.gethostname(): "host",
    }
    for entry in entries:
        text = encode_entry(entry).decode()
        for name, shown in sorted(names.items(), key=lambda pair: -len(pair[0])):
            text = text.replace(name, shown) if len(name) > 1 else text
        yield text.encode()


# --- the stories


@contextlib.contextmanager
def told(on_error="continue", **options):
    """A session of a new client, and its watcher."""
    with Client(**options) as client:
        if "n" in options:
            wait_for_engines(client, options["n"])
        with client.new_session("recorded", on_error=on_error) as session:
            yield session, Watcher(session)


def ended(watcher, count):
    """The entries, when so many tasks have ended."""
    watcher.wait_for(lambda me: _ended(me.entries) >= count)
    return list(watcher.entries)


def _ended(entries):
    return sum(task.state in FINAL for task in fold(View(), entries).tasks.values())


@remote
def make(ctx, number):
    return bytes(number)


@remote
def join(ctx, *parts):
    ctx.debug("joining {}", len(parts))
    return b"".join(part.get_bytes() for part in parts)


@remote
def fail(ctx, part):
    raise ValueError(f"cannot read {part.get_bytes()!r}")


@remote
def speak(ctx, word):
    for i in range(3):
        print(f"{word} line {i}")
    print("no newline at the end", end="", file=sys.stderr)
    return b""


@remote
def die(ctx, mark):
    place = Path(mark.get_bytes().decode())
    if not place.exists():
        place.touch()
        os.kill(os.getpid(), 9)
    return b"alive"


def success():
    with told(inline=True) as (session, watcher):
        parts = [make(n, name=f"load/part{n % 3}/read{n}") for n in range(9)]
        halves = [join(*parts[:5], name="join/left"), join(*parts[5:], name="join/right")]
        whole = join(*halves, name="join")
        whole.output.keep()
        session.submit()
        tasks.Concat([whole, blob(b"end")], name="more/after")
        session.submit()
        return ended(watcher, 13)


def failures():
    with told(inline=True) as (session, watcher):
        broken = fail(make(3, name="a/make"), name="a/fail")
        join(join(broken, name="b/next"), name="b/last")
        tasks.Execute("echo out; echo err >&2; exit 3", shell=True, name="shell")
        make(1, name="fine")
        session.submit()
        return ended(watcher, 6)


def cancelled():
    with told(inline=True) as (session, watcher):
        kept = make(2, name="kept")
        slow = tasks.Execute(["sleep", "600"], stdout=True, name="slow")
        after = tasks.Concat([slow.output], name="after")
        session.submit()
        watcher.wait_for(lambda me: any(each.started for each in me.of(m.Reported)))
        session.cancel([slow])
        ended(watcher, 3)
        session.discard(after)
        session.discard(kept)
        tasks.Concat([blob(b"x")], name="kept")
        session.submit()
        watcher.wait_for_event(m.CancelRequested, 3)
        return ended(watcher, 2)


def lost_engine():
    with tempfile.TemporaryDirectory() as folder, told(n=2) as (session, watcher):
        risky = die(blob(f"{folder}/mark".encode()), name="risky")
        join(risky, *[make(n, name=f"part{n}") for n in range(4)], name="end")
        session.submit()
        watcher.wait_for_event(m.EngineLost)
        return ended(watcher, 6)


def failed_session():
    with told("fail-session", inline=True) as (session, watcher):
        join(fail(make(3, name="make"), name="fail"), name="next")
        session.submit()
        watcher.wait_for_event(m.SessionFailed)
        return ended(watcher, 3)


def output():
    with told(inline=True) as (session, watcher):
        for name in ("one", "two", "three"):
            speak(name, name=f"speak/{name}")
        session.submit()
        ended(watcher, 3)
        watcher.wait_for_event(m.Said, 6)
        return list(watcher.entries)


STORIES = {
    "success": success,
    "failures": failures,
    "cancelled": cancelled,
    "lost-engine": lost_engine,
    "failed-session": failed_session,
    "output": output,
}

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as data:
        os.environ["FLOWLAB_DATA"] = data
        main()
