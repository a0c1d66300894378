"""Execute a notebook without a browser and save the executed copy under build/.

    python notebooks/run.py [NOTEBOOK] [--to FOLDER]

Prints where the copy is and how long it took. When a cell fails, what was executed so far is
saved too, the cell's error is printed, and the exit status is 1.
"""

import argparse
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

HERE = Path(__file__).resolve().parent
TIMEOUT = 600  # s a cell; the slowest of ours takes a few seconds


def execute(source: Path, target: Path) -> str | None:
    """Run every cell of `source`, write the result to `target`; the failing cell's error."""
    notebook = nbformat.read(source, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        resources={"metadata": {"path": str(source.parent)}},  # as Jupyter does it
        on_cell_start=lambda cell, cell_index: _say(cell, cell_index, len(notebook.cells)),
    )
    error = None
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as failure:
        error = str(failure).strip()
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)
    return error


def _say(cell: nbformat.NotebookNode, index: int, count: int) -> None:
    """One line a cell, so that a run of a minute does not look hung."""
    lines = [line for line in cell.source.splitlines() if line.strip()]
    if cell.cell_type == "code" and lines:
        print(f"  [{index + 1:>2}/{count}] {lines[0][:80]}", flush=True)


def main(argv: list[str] | None = None) -> int:
    """The exit status: 0 executed, 1 a cell failed, 2 there was nothing to run."""
    parser = argparse.ArgumentParser(description="execute a notebook without a browser")
    parser.add_argument("notebook", nargs="?", type=Path, default=HERE / "quickstart.ipynb")
    parser.add_argument("--to", type=Path, default=HERE.parent / "build", metavar="FOLDER")
    args = parser.parse_args(argv)
    source = args.notebook.resolve()
    if not source.is_file():
        print(f"there is no notebook {args.notebook}", file=sys.stderr)
        return 2
    target = args.to / source.name
    if target.resolve() == source:
        print(f"{source.name} would be written over itself; name another folder", file=sys.stderr)
        return 2
    start = time.monotonic()
    error = execute(source, target)
    took = time.monotonic() - start
    if error is not None:
        print(f"\n{error}\n\n{source.name} failed after {took:.1f} s; so far: {target}")
        return 1
    print(f"executed {source.name} in {took:.1f} s: {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
