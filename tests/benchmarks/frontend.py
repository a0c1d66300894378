"""What the front end costs: places, folds and frames, in Node and in Python, for 10,000 tasks."""

import json
import subprocess
import time
from pathlib import Path

from flowlab.events import messages as m
from flowlab.view.feed import Reel, encode_frame
from tests.view.story import Story, tid

JS = Path(__file__).parents[2] / "js"
TASKS = 10_000
BUNDLES = Path(__file__).parents[2] / "flowlab" / "static"
SNAPSHOT = Path(__file__).parents[2] / "build" / "snapshot.json"


def measure():
    """What was measured -> its number with its unit."""
    python = _in_python()  # it writes the snapshot that Node reads
    return {**_in_node(), **python, **_sizes()}


def _in_node():
    """The pure rooms of js/, in ms."""
    command = ("npm", "run", "--silent", "bench", "--", SNAPSHOT)
    done = subprocess.run(command, cwd=JS, capture_output=True, text=True, check=True)
    return {name: f"{ms:.1f} ms" for name, ms in json.loads(done.stdout).items()}


def _in_python():
    """Frames of a session of many tasks, 25 of which end in each tenth of a second."""
    numbers = range(10, 10 + TASKS)
    story = Story().submit({n: (f"stage{n % 20}/t{n}", (n - 20,)) for n in numbers})
    for n in numbers:
        story.assign(n)
    reel = Reel()
    feed = reel.open()
    folded = _timed(lambda: reel.take(story.entries))
    found = []
    made = _timed(lambda: found.append(encode_frame(feed.next_frame())))
    SNAPSHOT.parent.mkdir(exist_ok=True)
    SNAPSHOT.write_bytes(found[0])
    before = len(story.entries)
    story.start(*numbers[:25]).finish(*numbers[:25])
    for i in range(100):
        story.post(m.Said(tid(10), 1, i, "stdout", f"line {i}\n", 1.0))
    delta = _timed(lambda: reel.take(story.entries[before:]))
    delta += _timed(lambda: found.append(encode_frame(feed.next_frame())))
    return {
        f"Python: fold of {before} entries": f"{folded * 1000:.1f} ms",
        "Python: a snapshot as JSON": f"{made * 1000:.1f} ms, {len(found[0])} bytes",
        "Python: a delta of 25 ends and 100 lines": f"{delta * 1000:.2f} ms, {len(found[1])} bytes",
    }


def _sizes():
    return {
        f"{path.name}, minified": f"{path.stat().st_size / 1024:.1f} KiB"
        for path in sorted(BUNDLES.glob("*.js"))
    }


def _timed(act):
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def show():
    """Print what was measured."""
    print(f"\nthe front end, for {TASKS} tasks:")
    for name, number in measure().items():
        print(f"  {name}: {number}")


if __name__ == "__main__":
    show()
