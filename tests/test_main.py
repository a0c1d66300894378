"""`python -m flowlab`."""

import subprocess
import sys


def run(*words):
    return subprocess.run(
        [sys.executable, "-m", "flowlab", *words], capture_output=True, text=True, check=False
    )


def test_it_lists_what_is_left_at_a_stage_point(tmp_path):
    done = run("gc", str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"'{tmp_path}': 0 with 0 bytes left over")


def test_it_says_how_it_is_used():
    done = run()
    assert done.returncode == 2
    assert "usage: flowlab" in done.stderr
