"""`python -m scripts.demo`: fill the database with the demo world; does nothing where it is there already."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import sys
import time
from collections.abc import Sequence

import asyncpg

from scripts.demo.scale import Scale
from scripts.demo.there import is_there
from server.settings import SettingError, Settings, load_settings


def scale_of(arguments: Sequence[str]) -> Scale:
    """How large a world is asked for; each measure has an option of its name, the whole world is the default."""
    parser = argparse.ArgumentParser(prog="python -m scripts.demo", description="写入演示数据；已有则跳过。")
    for measure in dataclasses.fields(Scale):
        parser.add_argument(f"--{measure.name}", type=int, default=measure.default, metavar="N")
    return Scale(**vars(parser.parse_args(arguments)))


def fill(settings: Settings, scale: Scale) -> bool:
    """Make the world, or what of it is missing; raises the sentence for the person where it is refused."""
    # Loaded only when there is something to do: it is most of the system, and every start comes by here.
    from tortoise.exceptions import BaseORMException

    from scripts.demo import build
    from server.core.errors import BusinessError

    try:
        return asyncio.run(build.fill(settings, scale))
    except BusinessError as error:
        sys.exit(f"写入演示数据失败：{error.detail}")
    except BaseORMException as error:
        sys.exit(f"数据库连不上或拒绝了操作：{error}")


def main(arguments: Sequence[str]) -> None:
    """The command."""
    scale, began = scale_of(arguments), time.monotonic()
    try:
        settings = load_settings()
        there = asyncio.run(is_there(settings.database_url, settings.data_folder))
        made = not there and fill(settings, scale)
    except SettingError as error:
        sys.exit(str(error))
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        sys.exit(f"数据库连不上或拒绝了操作：{error}")
    print(f"演示数据{'已写入' if made else '已经有了'}，用时 {time.monotonic() - began:.1f} 秒")


if __name__ == "__main__":
    main(sys.argv[1:])
