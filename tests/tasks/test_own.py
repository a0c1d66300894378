"""Task types of the user's own."""

import pytest

from flowlab import Task, task_type
from flowlab.errors import UsageError, WrongKind
from flowlab.model.inputs import Output
from flowlab.tasks.objects import blob


@task_type("mill/grind")
def grind(ctx, corn, *more):
    """Repeat the first input, and say what is known of the task."""
    ctx.debug("{}", ctx.spec.task_type)
    return {
        "flour": corn.get_bytes() * ctx.spec.config["times"],
        "bran": ",".join(ctx.inputs.labels()),
    }


class Grind(Task):
    TASK_TYPE = "mill/grind"

    def __init__(self, *corn, times=2, **options):
        inputs = [(f"corn{place}", each) for place, each in enumerate(corn)]
        super().__init__(
            inputs=inputs,
            outputs=["flour", Output("bran", content_type="text")],
            config={"times": times},
            **options,
        )


def test_the_function_of_a_type_runs_its_tasks(engine):
    task = Grind(blob(b"ab"), blob(b"c"), times=3, name="mill")
    assert task.spec.to_json()["config"] == {"times": 3}
    assert task.spec.task_type == "mill/grind"
    flour, bran = engine.run(task)
    assert flour.get_bytes() == b"ababab"
    assert bran.load() == "corn0,corn1"
    assert engine.said == ["mill/grind"]


def test_its_function_is_pickled_once():
    first, second = Grind(blob(b"a")), Grind(blob(b"b"))
    assert first.function is second.function
    assert "def grind" in first.function.source


def test_a_type_said_again_runs_what_is_declared_from_then_on(engine):
    @task_type("mill/sift")
    def sift(ctx):
        return b"old"

    class Sift(Task):
        TASK_TYPE = "mill/sift"

    old = Sift()

    @task_type("mill/sift")
    def sift_anew(ctx):
        return b"new"

    assert [engine.run(each)[0].get_bytes() for each in (old, Sift())] == [b"old", b"new"]


def test_what_it_gives_is_checked_as_of_any_function(engine):
    @task_type("mill/waste")
    def waste(ctx):
        return 3

    class Waste(Task):
        TASK_TYPE = "mill/waste"

    with pytest.raises(UsageError, match="Invalid result object: 3"):
        engine.run(Waste())


@pytest.mark.parametrize("thing", [3, len, "f"])
def test_a_type_is_run_by_a_function(thing):
    with pytest.raises(WrongKind, match="takes a function, not"):
        task_type("mill/x")(thing)


def test_a_type_has_an_executor_and_a_method():
    with pytest.raises(UsageError, match="'executor/method', not 'grind'"):
        task_type("grind")(lambda ctx: b"")
