"""A pretend payment provider with its own books, hosted page and signed notifications. Demo mode only."""

from largesse.topups.providers.sandbox.provider import SandboxProvider, sandbox_provider

__all__ = ["SandboxProvider", "sandbox_provider"]
