"""What a visitor sees of the sandbox provider: its hosted page, test cards, and outcomes on request. Demo mode only."""
