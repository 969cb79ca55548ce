"""The record of what the suite shows: behaviours by provider, and which test does not apply to whom, and why."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType

from tests.conformance import (
    test_orders,
    test_our_refunds,
    test_port,
    test_refusals,
    test_reversals,
    test_stores,
    test_trouble,
)
from tests.conformance.abilities import kinds_of, needed_by
from tests.conformance.backends import BACKENDS
from tests.conformance.behaviours import BEHAVIOURS, behaviours_of
from tests.conformance.evidence import EVIDENCE, MEANINGS, Evidence

DOCUMENT = Path(__file__).parents[2] / "docs" / "CONFORMANCE.md"
_TEXT = Path(__file__).with_name("CONFORMANCE.md.in")
_MODULES: tuple[ModuleType, ...] = (
    test_orders, test_refusals, test_reversals, test_trouble, test_stores, test_our_refunds, test_port,
)  # fmt: skip
_Test = Callable[..., object]


def _tests() -> Iterator[tuple[str, _Test]]:
    """All tests that run by provider, with their names in words."""
    for module in _MODULES:
        for name, test in vars(module).items():
            if name.startswith("test_"):
                yield name.removeprefix("test_").replace("_", " "), test


def _why_not(test: _Test, provider: str) -> str | None:
    """Why no case of a test runs for a provider; None: one does."""
    entry = BACKENDS[provider]
    reason = entry.why_not(needed_by(test))
    kinds = kinds_of(test)
    if reason is None and kinds and all(kind in entry.cannot for kind in kinds):
        return entry.cannot[kinds[0]]
    return reason


class Table:
    """Behaviour x provider. Reasons why something does not apply stand below it, numbered."""

    def __init__(self) -> None:
        self.reasons: list[str] = []
        self.cells = {
            (name, provider): self._cell(name, provider)
            for name in BEHAVIOURS
            for provider in BACKENDS
        }

    def _cell(self, name: str, provider: str) -> str:
        reasons = [_why_not(test, provider) for _, test in _tests() if name in behaviours_of(test)]
        if not reasons:
            return Evidence.UNTESTED
        if None in reasons:
            return EVIDENCE[provider]
        reason = str(reasons[0])
        if reason not in self.reasons:
            self.reasons.append(reason)
        return f"not applicable ({self.reasons.index(reason) + 1})"

    def rows(
        self, outcomes: Mapping[tuple[str, str], Counter[str]] | None = None
    ) -> list[list[str]]:
        """The heading and a row per behaviour; with outcomes, each cell says what became of its tests."""
        rows = [["behaviour", *BACKENDS]]
        for name in BEHAVIOURS:
            cells = [self.cells[name, provider] for provider in BACKENDS]
            if outcomes is not None:
                told = [_outcome(outcomes.get((name, provider))) for provider in BACKENDS]
                cells = [
                    cell if cell.startswith("not applicable") else f"{cell}: {outcome}"
                    for cell, outcome in zip(cells, told, strict=True)
                ]
            rows.append([name, *cells])
        return rows

    def notes(self) -> list[str]:
        """Why something does not apply, by number."""
        return [f"({number}) {reason}" for number, reason in enumerate(self.reasons, 1)]


def _outcome(counted: Counter[str] | None) -> str:
    if not counted:
        return "not run"
    return ", ".join(f"{number} {outcome}" for outcome, number in sorted(counted.items()))


def printed(outcomes: Mapping[tuple[str, str], Counter[str]]) -> list[str]:
    """The table for a terminal, with the outcomes of a run."""
    table = Table()
    return [*_aligned(table.rows(outcomes)), *table.notes()]


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def not_applicable() -> Iterator[tuple[str, str, str]]:
    """Test, provider and reason, of each test or case of it that is not run for a provider."""
    for words, test in _tests():
        for provider, entry in BACKENDS.items():
            reason = _why_not(test, provider)
            if reason is not None:
                yield words, provider, reason
                continue
            for kind in kinds_of(test):
                if kind in entry.cannot:
                    yield f"{words} [{kind}]", provider, entry.cannot[kind]


def document() -> str:
    """docs/CONFORMANCE.md: the text with the lists and tables put in."""
    table = Table()
    parts = {
        "behaviours": [f"- **{name}**: {sentence}" for name, sentence in BEHAVIOURS.items()],
        "table": [*_markdown(table.rows()), "", *(f"- {note}" for note in table.notes())],
        "legend": [f"- `{kind}`: {meaning}." for kind, meaning in MEANINGS.items()],
        "tests": _markdown([["test", "not run for", "because"], *_by_test()]),
    }
    text = _TEXT.read_text("utf-8")
    for name, lines in parts.items():
        text = text.replace(f"{{{name}}}", "\n".join(lines))
    return text


def _by_test() -> list[list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for words, provider, reason in not_applicable():
        found.setdefault((words, reason), []).append(provider)
    return [[words, ", ".join(who), reason] for (words, reason), who in found.items()]


def _markdown(rows: list[list[str]]) -> list[str]:
    heading, *rest = [f"| {' | '.join(row)} |" for row in rows]
    return [heading, f"|{'---|' * len(rows[0])}", *rest]
