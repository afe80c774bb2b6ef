"""Whole stories: people with phones and a chat, the programs as they are deployed, a real browser."""
