"""Where the command `largesse` begins: it imports the command line quickly, then runs it."""

import gc


def main() -> None:
    """Run a command. The collector rests meanwhile: what is imported stays, and walking it is a fifth of the start."""
    gc.disable()
    from largesse.cli import main as run

    gc.freeze()
    gc.enable()
    run()
