"""What every page is held to: assistive technology meets no obstacle, and nothing jumps while it loads."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SHIFT_MAX = 0.1
_AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
_RULES = """async (rules) => {
    const only = rules ? { runOnly: rules } : {};
    const found = await axe.run(document, { resultTypes: ['violations'], ...only });
    return found.violations
        .filter((each) => each.impact === 'serious' || each.impact === 'critical')
        .map((each) => `${each.id}: ${each.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
}"""
_SHIFTS = """() => {
    window.shifts = [];
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
            if (!entry.hadRecentInput) window.shifts.push({
                value: entry.value,
                what: entry.sources.map((each) => each.node?.outerHTML?.slice(0, 120)),
            });
    }).observe({ type: 'layout-shift', buffered: true });
}"""


def settle(page: Page) -> None:
    """Until every entrance has ended, and what one ends with: half-faded words have no contrast."""
    for _ in range(2):
        page.evaluate("() => new Promise(requestAnimationFrame)")
        page.wait_for_function(
            """() => document.getAnimations().every((each) => each.playState !== 'running'
                || each.effect?.getComputedTiming().iterations === Infinity)"""
        )


def obstacles(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe finds serious in a page that has settled; by some of its rules, or by all."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_AXE.read_text())
    found: list[str] = page.evaluate(_RULES, rules)
    return found


def watch_shifts(page: Page) -> None:
    """Note what moves in pages that are loaded from now on."""
    page.add_init_script(f"({_SHIFTS})()")


def shifts(page: Page) -> list[dict[str, Any]]:
    """What has moved since the page was loaded, without what somebody had just clicked."""
    found: list[dict[str, Any]] = page.evaluate("window.shifts")
    return found
