"""A pytest plugin: prints the table of behaviours with the outcomes of this run, also of several processes."""

from collections import Counter

import pytest

PROPERTY = "conformance"
"""Of a report: the behaviour and the provider that its test was about."""
_NAME = "conformance-outcomes"


class Outcomes:
    """How the tests of each cell of the table went."""

    def __init__(self) -> None:
        self.cells: dict[tuple[str, str], Counter[str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test by its call, and as failed too if what comes before or after it fails."""
        if report.when != "call" and not report.failed:
            return
        for name, value in report.user_properties:
            if name == PROPERTY:
                behaviour, _, provider = str(value).partition("|")
                self.cells.setdefault((behaviour, provider), Counter())[report.outcome] += 1

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Nothing when none of these tests ran."""
        if not self.cells:
            return
        from tests.conformance.record import printed  # starts no fake, but imports all adapters

        terminalreporter.section("conformance: behaviours by provider (docs/CONFORMANCE.md)")
        for line in printed(self.cells):
            terminalreporter.write_line(line)


def pytest_configure(config: pytest.Config) -> None:
    """Once, whether as a plugin of the whole run or from the conftest beside this file."""
    if not config.pluginmanager.has_plugin(_NAME):
        config.pluginmanager.register(Outcomes(), _NAME)
