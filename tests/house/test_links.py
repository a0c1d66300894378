"""Links in the documentation lead somewhere: to a file of this repository, and to a heading in it.

Markdown files and the text cells of notebooks are read; links into the web are left alone, since
a test needs no network.
"""

import json
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.house.tree import files, name_of

FENCE = re.compile(r"^(?P<mark>`{3,}|~{3,}).*?^(?P=mark)[`~]*\s*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
INLINE = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?(?P<target>[^)\s>]+)>?[^)]*\)")
REFERENCE = re.compile(r"^\[[^\]]+\]:\s+<?(?P<target>[^\s>]+)", re.MULTILINE)
HTML = re.compile(r"<(?:img|a)\s[^>]*?(?:src|href)=\"(?P<target>[^\"]+)\"")
HEADING = re.compile(r"^#{1,6}\s+(?P<title>.+?)\s*#*$", re.MULTILINE)
ANCHOR = re.compile(r"<a\s+(?:id|name)=\"(?P<name>[^\"]+)\"|^\((?P<label>[\w-]+)\)=$", re.MULTILINE)
ELSEWHERE = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)


@cache
def prose(path: Path) -> str:
    """The file's Markdown, without its code."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    return FENCE.sub("", text)


def links(path: Path) -> list[str]:
    text = CODE.sub("", prose(path))
    found = [m["target"] for form in (INLINE, REFERENCE, HTML) for m in form.finditer(text)]
    return [target for target in found if not ELSEWHERE.match(target)]


def anchors(path: Path) -> set[str]:
    """What a link into this file may name after its `#`, by GitHub's rule for headings."""
    found: set[str] = {m["name"] or m["label"] for m in ANCHOR.finditer(prose(path))}
    for match in HEADING.finditer(prose(path)):
        plain = slug(match["title"])
        name, again = plain, 0
        while name in found:
            again += 1
            name = f"{plain}-{again}"
        found.add(name)
    return found


def slug(title: str) -> str:
    title = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).replace("`", "")
    return re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")


def broken(path: Path) -> list[str]:
    """The links of this file that lead nowhere."""
    found = []
    for link in links(path):
        place, _, anchor = unquote(link).partition("#")
        target = (path.parent / place) if place else path
        has_headings = target.suffix in (".md", ".ipynb")
        if not target.exists():
            found.append(f"{link}: no such file")
        elif anchor and has_headings and anchor not in anchors(target):
            found.append(f"{link}: no such heading")
    return found


@pytest.mark.parametrize("path", files(".md", ".ipynb"), ids=name_of)
def test_links_lead_somewhere(path):
    assert not broken(path), f"{name_of(path)}: " + "; ".join(broken(path))


def test_broken_links_are_found(tmp_path):
    page, other = tmp_path / "page.md", tmp_path / "other.md"
    other.write_text("# The `one` door!\n\n## Again\n\n## Again\n")
    page.write_text(
        "# Here\n"
        "[ok](other.md#the-one-door) [ok](other.md#again-1) [ok](#here) [web](https://x.org/y)\n"
        "`[not a link](nowhere.md)`\n"
        "```\n[nor](this.md)\n```\n"
        "[bad](missing.md) [bad](other.md#absent) ![bad](no.svg)\n"
        "[bad]: gone.md\n"
    )
    assert broken(page) == [
        "missing.md: no such file",
        "other.md#absent: no such heading",
        "no.svg: no such file",
        "gone.md: no such file",
    ]
