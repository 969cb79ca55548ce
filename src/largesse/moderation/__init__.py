"""Moderation: the rules of a creator's chat, who keeps them, and who may not speak or give."""
