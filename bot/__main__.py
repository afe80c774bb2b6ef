"""`python -m bot`: deliver, listen, keep the schedule."""

from __future__ import annotations

import sys

from sanic import Sanic

from bot.app import create_bot
from server.settings import SettingError, load_settings


def main() -> None:
    """Run until stopped."""
    try:
        settings = load_settings()
    except SettingError as error:
        sys.exit(str(error))
    app = create_bot(settings)
    app.prepare(host=settings.host, port=settings.bot_port, single_process=True, access_log=False, motd=False)
    Sanic.serve_single(primary=app)


if __name__ == "__main__":
    main()
