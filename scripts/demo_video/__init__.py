"""Makes the video of the demonstration's stream."""
