"""`python -m bot.sandbox`: a WeCom and WeChat on this machine, with a chat to look at."""

from __future__ import annotations

import sys

from sanic import Sanic

from bot.sandbox import create_sandbox
from server.core import logs
from server.settings import SettingError, load_settings


def main() -> None:
    """Run until stopped."""
    try:
        settings = load_settings()
    except SettingError as error:
        sys.exit(str(error))
    if not settings.wecom.configured:
        sys.exit("WECOM_CORP_ID, WECOM_SECRET, WECOM_TOKEN and WECOM_AES_KEY must be given, as for the bot")
    logs.set_up(settings.log_level)
    kept = settings.data_folder / "sandbox.json"
    app = create_sandbox(settings, name="qutong-sandbox", open_membership=True, file=kept)
    app.prepare(host=settings.host, port=settings.sandbox_port, single_process=True, access_log=False, motd=False)
    Sanic.serve_single(primary=app)


if __name__ == "__main__":
    main()
