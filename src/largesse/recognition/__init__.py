"""Recognition: first gifts, entrances of supporters, thanks, anonymous gifts, and banners of the largest gifts."""
