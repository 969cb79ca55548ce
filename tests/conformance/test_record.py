"""The record is true: it is what the suite runs, nothing is left out without a reason, and it is what is printed."""

from collections import Counter
from typing import Literal, TypeAlias

import pytest

from tests.conformance.backends import BACKENDS
from tests.conformance.behaviours import BEHAVIOURS
from tests.conformance.evidence import EVIDENCE, Evidence
from tests.conformance.printing import PROPERTY, Outcomes
from tests.conformance.record import DOCUMENT, Table, document, printed


def test_the_document_is_what_the_suite_says() -> None:
    assert DOCUMENT.read_text("utf-8") == document(), "python -m tests.conformance --write"


def test_every_cell_has_evidence_or_a_reason() -> None:
    cells = Table().cells
    assert len(cells) == len(BEHAVIOURS) * len(BACKENDS)
    assert [key for key, cell in cells.items() if cell == Evidence.UNTESTED] == []
    assert EVIDENCE.keys() == BACKENDS.keys()


def _documented() -> list[list[str]]:
    """The table of the document, without its ruler."""
    lines = DOCUMENT.read_text("utf-8").splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("| behaviour |"))
    table = lines[first : first + 2 + len(BEHAVIOURS)]
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table if "---" not in line
    ]


_Outcome: TypeAlias = Literal["passed", "failed", "skipped"]
_When: TypeAlias = Literal["setup", "call", "teardown"]


def _report(behaviour: str, provider: str, outcome: _Outcome, when: _When) -> pytest.TestReport:
    told = [(PROPERTY, f"{behaviour}|{provider}")]
    place = ("tests/x.py", 1, "x")
    return pytest.TestReport("x", place, {}, outcome, None, when, user_properties=told)


def test_what_is_printed_is_what_is_documented() -> None:
    outcomes = Outcomes()
    for behaviour, provider in Table().cells:
        outcomes.pytest_runtest_logreport(_report(behaviour, provider, "passed", "call"))
    rows = [[cell.strip() for cell in line.split("|")] for line in printed(outcomes.cells)]
    heading, *rest = _documented()
    assert rows[0] == heading
    shown = rows[1 : 1 + len(rest)]
    assert [[cell.partition(": ")[0] for cell in row] for row in shown] == rest
    assert all(": 1 passed" in cell for row in shown for cell in row if cell.startswith("own fake"))
    below = [f"- {' | '.join(row)}" for row in rows[1 + len(rest) :]]
    assert below
    assert all(line in DOCUMENT.read_text("utf-8").splitlines() for line in below)


def test_a_failure_before_or_after_a_test_counts() -> None:
    outcomes = Outcomes()
    told: list[tuple[_Outcome, _When]]
    told = [("passed", "setup"), ("passed", "call"), ("failed", "teardown")]
    for outcome, when in told:
        outcomes.pytest_runtest_logreport(_report("late", "stripe", outcome, when))
    assert outcomes.cells == {("late", "stripe"): Counter(passed=1, failed=1)}
    (line,) = [line for line in printed(outcomes.cells) if line.startswith("late ")]
    assert line.split("|")[-1].strip() == "own fake: 1 failed, 1 passed"
    assert line.split("|")[1].strip() == "own fake: not run"
