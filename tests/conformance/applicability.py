"""Which behaviour does not apply to which provider, and why: `python -m tests.conformance.applicability` prints it."""

from collections.abc import Iterator
from types import ModuleType

from tests.conformance import test_orders, test_our_refunds, test_port, test_stores
from tests.conformance.abilities import kinds_of, needed_by
from tests.conformance.backends import BACKENDS

_MODULES: tuple[ModuleType, ...] = (test_orders, test_port, test_stores, test_our_refunds)


def not_applicable() -> Iterator[str]:
    """A line per behaviour and provider: `behaviour | provider | reason`."""
    for module in _MODULES:
        for name, test in vars(module).items():
            if not name.startswith("test_"):
                continue
            behaviour = name.removeprefix("test_").replace("_", " ")
            for provider, entry in BACKENDS.items():
                reason = entry.why_not(needed_by(test))
                if reason is not None:
                    yield f"{behaviour} | {provider} | {reason}"
                    continue
                for kind in kinds_of(test):
                    if kind in entry.cannot:
                        yield f"{behaviour} [{kind}] | {provider} | {entry.cannot[kind]}"


if __name__ == "__main__":
    print("\n".join(not_applicable()))
