"""Completion through the shell's own completer."""

import pytest
from IPython.core.completer import provisionalcompleter


def completions(notebook, text):
    with provisionalcompleter():
        found = notebook.shell.Completer.completions(text, len(text))
        return {completion.text for completion in found}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%%task load --cp", {"--cpus"}),
        ("%%task load --", {"--cpus", "--input", "--name", "--output", "--sh"}),
        ("%%node --", {"--args", "--bundle", "--cpus", "--limit"}),
        ("%flowlab sta", {"status"}),
        ("%fetch known_ob", {"known_object"}),
        ("x = %fetch known_ob", {"known_object"}),
        ("%%task t -i known_ob", {"known_object"}),
    ],
)
def test_options_and_names_are_completed(notebook, text, expected):
    notebook.run("%%task a -o known_object\nknown_object = 1")
    assert expected <= completions(notebook, text)


def test_the_cells_body_is_left_to_others(notebook):
    text = "%%task a\n--cp"
    assert "--cpus" not in completions(notebook, text)
