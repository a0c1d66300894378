"""axe-core in the page: what would keep somebody from using it."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_AXE = Path(__file__).resolve().parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_RUN = """async ([selector, tags]) => {
    const found = await axe.run(selector, {runOnly: {type: 'tag', values: tags}});
    return {
        checked: found.passes.length,
        // the target of what lies in a shadow tree is a path
        shadowed: found.passes.flatMap((one) => one.nodes)
            .filter((node) => Array.isArray(node.target[0])).length,
        violations: found.violations.map((one) => ({
            rule: one.id,
            help: one.help,
            where: one.nodes.map((node) => `${node.html.slice(0, 200)}: ${node.failureSummary}`),
        })),
    };
}"""


@cache
def _source() -> str:
    return _AXE.read_text(encoding="utf-8")


def violations(page: Page, selector: str) -> list[dict[str, Any]]:
    """The WCAG 2 A and AA rules that the elements below a selector break."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_source())
    found = page.evaluate(_RUN, [selector, _TAGS])
    assert found["checked"] > 0, f"axe found nothing to check in {selector}"
    if page.locator(".fl").count() > 0:
        assert found["shadowed"] > 10, f"axe did not look into the panel in {selector}"
    return list(found["violations"])
