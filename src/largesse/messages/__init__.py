"""Messages that cost coins: paid messages on top of the chat, and cheers inside it."""
