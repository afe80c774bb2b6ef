"""`python -m server`: the API, its workers, and the front ends."""

from __future__ import annotations

import sys
from functools import partial

from sanic import Sanic
from sanic.worker.loader import AppLoader

from server.app import create_app
from server.settings import SettingError, load_settings


def main() -> None:
    """Serve until stopped."""
    try:
        settings = load_settings()
    except SettingError as error:
        sys.exit(str(error))
    loader = AppLoader(factory=partial(create_app, settings))
    app = loader.load()
    single = settings.workers <= 1
    where = {"host": settings.host, "port": settings.port}
    app.prepare(**where, workers=settings.workers, single_process=single, access_log=False, motd=False)  # type: ignore[arg-type]
    if single:
        Sanic.serve_single(primary=app)
    else:
        Sanic.serve(primary=app, app_loader=loader)


if __name__ == "__main__":
    main()
