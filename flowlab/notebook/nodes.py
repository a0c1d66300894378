"""`%%node`: a cell that runs as a node script on hosts, and the table of what came of it."""

import ast
import html
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, overload

from flowlab.errors import CellError, SessionError
from flowlab.graph.nodes import Task
from flowlab.model.specs import Place
from flowlab.notebook.cell import analyse
from flowlab.session.records import FINISHED
from flowlab.session.session import Session
from flowlab.staging.bundle import Bundle
from flowlab.tasks.node import JOB, OUTPUTS, declare_node
from flowlab.tasks.script import OBJECTS, STRINGS, read_script
from flowlab.tasks.syntax import parse

_CLASSES = frozenset({"NodeScript", "LOFARnode", "LOFARnodeTCP"})
_MAIN = """
if __name__ == "__main__":
    import sys
    sys.exit({name}(*sys.argv[1:3]).run_with_logging(*sys.argv[3:]))
"""
_COLUMNS = ("host", "engine", "returncode", "duration", "outputs")


@dataclass(frozen=True)
class NodeCell:
    """A cell, and where it is to run.

    source  its body, with lines that count as the notebook's
    where   how people call the cell, such as `In [3]`
    claims  `cpus` and `limit`
    """

    source: str
    where: str
    place: Place
    hosts: tuple[str | int, ...]
    words: tuple[str, ...]
    bundles: tuple[Bundle, ...]
    claims: dict[str, Any]

    def run(self, session: Session) -> "NodeResults":
        """Run it on each host; comes back when all have ended. An interrupt stops them."""
        if any(host != "any" for host in self.hosts):
            session.hosts()  # all are known from here on, and who names another is told so
        tasks = self._declare(session)
        session.submit(tasks)
        try:
            rows = [_row(task, host) for task, host in zip(tasks, self.hosts, strict=True)]
        except KeyboardInterrupt:
            session.cancel(tasks)
            raise
        finally:
            with suppress(SessionError):  # it has ended, and all with it
                session.unkeep([output for task in tasks for output in task.makes])
        return NodeResults(rows)

    def _declare(self, session: Session) -> list[Task]:
        script = read_script(complete(self.source, self.where), f"cell_{self.place.cell}.py")
        tasks: list[Task] = []
        try:
            for host in self.hosts:
                task = declare_node(
                    ["python", script.path],
                    script,
                    self.words,
                    name=f"node {self.where}",
                    where=host,
                    bundle=self.bundles,
                    place=self.place,
                    session=session,
                    **self.claims,
                )
                task.keep_outputs()
                tasks.append(task)
        except BaseException:
            for task in tasks:
                session.discard(task)
            raise
        return tasks


def complete(source: str, where: str) -> str:
    """The cell as a script: one that only defines a node script's class is made to run it."""
    if not source.strip():
        raise CellError(f"{where}: %%node needs a script below it")
    analyse(source, where)
    tree = parse(source, where)
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    if called & {STRINGS, OBJECTS}:
        return f"{source}\n"
    known, found = set(_CLASSES), ""
    for each in tree.body:
        if isinstance(each, ast.ClassDef) and known & {_last(base) for base in each.bases}:
            known.add(each.name)
            found = each.name
    return f"{source}\n{_MAIN.format(name=found)}" if found else f"{source}\n"


class NodeResults(Sequence[dict[str, Any]]):
    """What came of each job, in the order of the hosts: a table where it is shown.

    Each has `host`, `engine`, `returncode`, `duration` (s), `usage`, `said` (the last lines of its
    output) and `outputs`; of one that never ran, or whose outputs cannot be read, `error`.
    """

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        self._rows = list(rows)

    @property
    def failed(self) -> list[dict[str, Any]]:
        """Those that did not end with 0."""
        return [row for row in self._rows if row["returncode"] != 0]

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, place: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, place: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        return self._rows[place]

    def said(self) -> Iterator[str]:
        """What the jobs have said, each with its host above it."""
        for row in self._rows:
            texts = [row[name].rstrip() for name in ("said", "error") if row.get(name)]
            if texts:
                yield "\n".join((f"[{row['host']}]", *texts))

    def __repr__(self) -> str:
        rows = [_COLUMNS, *(tuple(_cells(row)) for row in self._rows)]
        widths = [max(len(row[place]) for row in rows) for place in range(len(_COLUMNS))]
        lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{name}</th>" for name in _COLUMNS)
        body = "".join(
            f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in _cells(row))}</tr>"
            for row in self._rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _row(task: Task, host: str | int) -> dict[str, Any]:
    """Wait for a job; what came of it."""
    told: dict[str, Any]
    error = ""
    try:
        task.wait()
    except SessionError as why:
        error = str(why)
    if task.state != FINISHED:
        told = {"engine": None, "returncode": None, "duration": 0.0, "usage": {}, "said": ""}
        return {"host": host, **told, "outputs": {}, "error": error}
    told = task.outputs[JOB].fetch().load()
    try:
        told["outputs"] = dict(task.outputs[OUTPUTS].fetch().load())
    except Exception as why:  # noqa: BLE001 - unpickling runs what the script has sent
        told.update(outputs={}, error=str(why))
    return told


def _cells(row: dict[str, Any]) -> Iterator[str]:
    for name in _COLUMNS:
        value = row.get(name)
        if name == "duration":
            yield f"{value:.2f} s"
        elif name == "outputs":
            yield ", ".join(f"{key}={_brief(each)}" for key, each in (value or {}).items())
        else:
            yield "" if value is None else str(value)


def _brief(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _last(base: ast.expr) -> str:
    """The last name of a base class."""
    return base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
