"""The bot: its protocol, its sandbox, and what it does."""
