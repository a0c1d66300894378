"""Settings by traitlets and by the environment."""

import subprocess
import sys

ENGINES = (
    "from flowlab.notebook.config import FlowLab as F; print(F().engines, F().display, F().listen)"
)


def test_the_environment_sets_what_nobody_configured():
    run = subprocess.run(
        [sys.executable, "-c", ENGINES], capture_output=True, text=True, check=True,
        env={"FLOWLAB_ENGINES": "3", "FLOWLAB_DISPLAY": "none", "FLOWLAB_LISTEN": "tcp://a:1"},
    )  # fmt: skip
    assert run.stdout.split() == ["3", "none", "tcp://a:1"]


def test_config_magic_changes_a_setting(notebook):
    notebook.run("%config FlowLab.engines = 5")
    assert notebook.value("%config FlowLab.engines") == 5


def test_a_value_that_is_none_of_the_choices_changes_nothing(notebook, caplog):
    notebook.run("%config FlowLab.display = 'loud'")
    assert notebook.value("%config FlowLab.display") == "text"
    assert "'static', 'text', 'none'" in caplog.text
