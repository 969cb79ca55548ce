"""Goals of a stream, with targets per gift."""
