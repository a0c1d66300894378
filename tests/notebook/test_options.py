"""The words of the magics."""

import pytest
from IPython.core.error import UsageError

from flowlab.notebook import options


def test_task_reads_all_its_words():
    words = options.TASK.read(
        "clean -i a -i f.csv=b -o x -o y=z --name prep/clean --cpus 2 --sh --bundle data "
        "--where b --where 3 --limit db"
    )
    assert vars(words) == {
        "task": "clean", "input": ["a", "f.csv=b"], "output": ["x", "y=z"],
        "name": "prep/clean", "cpus": 2, "sh": True, "bundle": ["data"],
        "where": ["b", "3"], "limit": ["db"],
    }  # fmt: skip


def test_an_unknown_option_suggests_the_nearest():
    with pytest.raises(UsageError, match=r"--cpu.*did you mean --cpus"):
        options.TASK.read("clean --cpuz 2")


def test_a_missing_name_is_said():
    with pytest.raises(UsageError, match="NAME"):
        options.TASK.read("--sh")


def test_an_open_quote_is_said_with_the_line():
    with pytest.raises(UsageError, match="No closing quotation"):
        options.FETCH.read('"a')


def test_long_options_come_first():
    long = ["--bundle", "--cpus", "--input", "--limit", "--name", "--output", "--sh", "--where"]
    assert options.TASK.options() == [*long, "-i", "-o"]


@pytest.mark.parametrize(
    ("text", "pair"), [("a", ("a", "a")), ("f.csv=a", ("f.csv", "a")), ("a=", ("a", ""))]
)
def test_a_pair_is_taken_apart(text, pair):
    assert options.split_pair(text) == pair


@pytest.mark.parametrize("verb", sorted(options.VERBS))
def test_each_verb_explains_itself(verb):
    assert options.VERBS[verb].description in options.VERBS[verb].format_help()


def test_node_gives_all_that_follows_to_the_script():
    words = options.NODE.read("a 1 --cpus 2 --limit db --bundle data --args -x --cpus 3 'b c'")
    assert vars(words) == {
        "hosts": ["a", "1"], "cpus": 2, "limit": ["db"], "bundle": ["data"],
        "args": ["-x", "--cpus", "3", "b c"],
    }  # fmt: skip
    assert vars(options.NODE.read(""))["hosts"] == []
