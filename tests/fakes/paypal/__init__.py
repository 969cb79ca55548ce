"""PayPal's API as far as a shop uses it, with its own books. Shares no code with what it is there to test."""
