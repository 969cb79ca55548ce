"""Where the command `largesse` begins, and each process that it starts: both import this before anything else.

The collector rests until everything is imported. That stays, and walking it again and again is a fifth of the start.
"""

import gc

gc.disable()


def main() -> None:
    """Run a command."""
    from largesse import collector
    from largesse.cli import main as run

    collector.resume()
    run()
