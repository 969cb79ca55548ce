"""SQL of the followers and of what they keep."""
