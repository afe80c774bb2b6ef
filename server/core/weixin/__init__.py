"""How WeCom and WeChat are called: one shared access token per app, JSON, errors by whether trying again may help.

The bot sends with it; the server asks who has signed in, and for the pictures of mini-program codes.
"""
