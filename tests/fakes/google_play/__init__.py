"""Google Play's API as far as an app's server uses it, with its own books. Shares no code with what it is to test."""
