"""flowlab itself, as it is installed: journal on, nothing looking on."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.benchmarks.shapes import Shape
from tests.benchmarks.systems.contract import WORKERS, Cannot, System, Wait


class Flowlab(System):
    graph_peer = True
    options: Mapping[str, Any] = {}  # of the client

    def start(self) -> int:
        import flowlab

        self._flowlab = flowlab
        self._client = flowlab.Client(WORKERS, **self.options)
        self._hold: Any = None
        with self._client.new_session("first") as session:
            first = _tasks().noop()
            first.output.keep()
            session.submit()
            return int(first.output.fetch().load())

    def warm(self) -> None:
        tasks = _tasks()
        seen: set[int] = set()
        while len(seen) < WORKERS:
            with self._client.new_session("warm") as session:
                found = [tasks.warm() for _ in range(20 * WORKERS)]
                session.keep_all()
                session.submit()
                seen |= {task.output.fetch().load() for task in found}
        self._client.describe()  # waits for ipyparallel, which starts beside the first tasks

    def stop(self) -> None:
        self._client.close()

    def scheduler_pid(self) -> int:
        """The child that runs `flowlab.session.main`."""
        import psutil

        children = psutil.Process().children()
        (found,) = [one.pid for one in children if "session.main" in " ".join(one.cmdline())]
        return found

    # --- graphs

    def declare(self, shape: Shape) -> Any:
        tasks = _tasks()
        function = tasks.spin if shape.seconds else tasks.add if shape.has_edges else tasks.noop
        session = self.new_session("graph")
        with session.bind_only():
            made: list[Any] = []
            for number in range(len(shape.parents)):
                made.append(function(*shape.arguments(number, made.__getitem__)))
        last = made[-1].output
        last.keep()
        return session, last

    def new_session(self, name: str) -> Any:
        """A session of a workload."""
        return self._client.new_session(name)

    def submit(self, declared: Any) -> Wait:
        session, last = declared
        session.submit()

        def wait() -> int:
            session.wait_all()
            return int(last.fetch().load())

        return wait

    def forget(self, declared: Any) -> None:
        declared[0].close()

    def all_values(self, count: int) -> list[int]:
        noop = _tasks().noop
        with self.new_session("values") as session:
            made = [noop() for _ in range(count)]
            session.keep_all()
            session.submit()
            return [task.output.fetch().load() for task in made]

    def map_squares(self, count: int) -> int:
        with self.new_session("map") as session:
            if hasattr(self._flowlab, "map"):
                from tests.benchmarks.functions import square

                squares = self._flowlab.map(square, range(count))
                squares.keep()
                session.submit()
                return sum(squares.fetch())
            raise Cannot("flowlab.map is not there yet")

    def declare_only(self, count: int) -> Any:
        square = _tasks().square
        session = self.new_session("declared")
        with session.bind_only():
            return session, [square(number) for number in range(count)]

    # --- data

    def make(self, mib: int) -> Any:
        session = self.new_session("array")
        with session.bind_only():
            task = _tasks().make_array(mib)
        task.output.keep()
        session.submit()
        session.wait([task])
        return task

    def away(self, array: Any) -> None:
        """Keep the engine that has it busy: tasks go to where their inputs lie."""
        place = Path("held")
        place.unlink(missing_ok=True)
        session = array.owner
        with session.bind_only():
            held = _tasks().hold(array, str(place.absolute()))
        session.submit()
        self._hold = held, place
        while not place.exists():
            session.settled(0.005)

    def total(self, array: Any) -> tuple[float, int]:
        session = array.owner
        with session.bind_only():
            task = _tasks().total(array)
        task.output.keep()
        session.submit()
        found = task.output.fetch().load()
        array.update()
        task.update()
        if array.info.governor == task.info.governor:
            raise RuntimeError("the array was read by the engine that made it")
        return tuple(found)

    def back(self) -> None:
        held, place = self._hold
        place.unlink()
        held.wait()
        self._hold = None  # it reads the array, which would stay as long

    def bring(self, array: Any) -> Any:
        return array.output.fetch().load()

    def broadcast(self, array: Any, tasks: int) -> float:
        share = _tasks().share
        with self.new_session("broadcast") as session:
            constant = self._flowlab.pickled(array)
            parts = [share(constant, part, tasks) for part in range(tasks)]
            for part in parts:
                part.output.keep()
            session.submit()
            return sum(part.output.fetch().load() for part in parts)

    # --- files

    def join_files(self, pairs: list[tuple[Path, Path]], place: Path) -> bytes:
        tasks, wanted = self._flowlab.tasks, self._flowlab.Input
        with self.new_session("files") as session:
            paths = dict.fromkeys(path for pair in pairs for path in pair)
            files = {path: tasks.Load(path.absolute()) for path in paths}  # each of them once
            made = [
                tasks.Execute(
                    "cat a b > c",
                    shell=True,
                    input_paths=[
                        wanted("a", dataobj=files[first]),
                        wanted("b", dataobj=files[second]),
                    ],
                    output_paths=["c"],
                )
                for first, second in pairs
            ]
            for task in made:
                task.output.keep()
            session.submit()
            session.wait_all()
            content: bytes = made[-1].output.fetch().get_bytes()
        return content


def _tasks() -> Any:
    """The tasks, which import flowlab: not before the start is timed."""
    from tests.benchmarks.systems import flowlab_tasks

    return flowlab_tasks
