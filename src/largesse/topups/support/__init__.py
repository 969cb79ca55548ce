"""Where are my coins? Looking into one order, for its buyer and for support."""
