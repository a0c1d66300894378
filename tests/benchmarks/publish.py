"""`python -m tests.benchmarks.publish`: the tables of the last run into docs/performance.md."""

import shutil

from tests.house.tree import ROOT

BEGIN, END = "<!-- tables -->", "<!-- end of tables -->"
PICTURE = "cost-a-task.svg"
_IMAGE = f"![µs a task of each system, for a thousand to a hundred thousand tasks]({PICTURE})"


def publish(page: str, tables: str, *, picture: bool) -> str:
    """The page with these tables in place of those that it has."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    image = f"{_IMAGE}\n\n" if picture else ""
    return f"{before}{BEGIN}\n\n{image}{tables.strip()}\n\n{END}{after}"


def main() -> None:
    """From build/ to docs/."""
    build, docs = ROOT / "build", ROOT / "docs"
    drawn = build / "benchmarks.svg"
    page = docs / "performance.md"
    tables = (build / "benchmarks.md").read_text(encoding="utf-8")
    page.write_text(
        publish(page.read_text(encoding="utf-8"), tables, picture=drawn.exists()), encoding="utf-8"
    )
    if drawn.exists():
        shutil.copy(drawn, docs / PICTURE)


if __name__ == "__main__":
    main()
