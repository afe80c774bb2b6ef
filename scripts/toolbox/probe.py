"""Whether a database or Redis given by URL can be used: `python -m scripts.toolbox.probe database|redis`.

Runs in the virtual environment, prints one sentence for the person when it cannot, and exits 1.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import sys

SECONDS = 8


async def database(url: str) -> str:
    """What is wrong with the database, in Chinese; empty when it can be used."""
    asyncpg = importlib.import_module("asyncpg")
    try:
        connection = await asyncpg.connect(url, timeout=SECONDS)
    except asyncpg.InvalidPasswordError:
        return "用户名或密码不对"
    except asyncpg.InvalidAuthorizationSpecificationError as error:
        return f"服务器拒绝登录（{error}）"
    except asyncpg.InvalidCatalogNameError as error:
        return f"数据库不存在，请先创建（{error}）"
    except (TimeoutError, OSError):
        return "连接不上，请检查地址、端口和网络，并确认 PostgreSQL 已启动"
    except (asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        return str(error)
    try:
        version = connection.get_server_version()
    finally:
        await connection.close()
    return "" if version.major >= 14 else f"PostgreSQL {version.major} 太旧，需要 14 或更新的版本"


async def redis(url: str) -> str:
    """What is wrong with Redis, in Chinese; empty when it can be used."""
    from redis import asyncio as aioredis
    from redis.exceptions import AuthenticationError, RedisError

    try:
        client = aioredis.from_url(url, socket_connect_timeout=SECONDS, socket_timeout=SECONDS)
    except ValueError as error:
        return f"地址写法不对（{error}）"
    try:
        await client.get("qutong:probe")
    except AuthenticationError:
        return "密码不对"
    except (RedisError, OSError):
        return "连接不上，请检查地址、端口和网络，并确认 Redis 已启动"
    finally:
        await client.aclose()
    return ""


def main(what: str) -> int:
    """Print what is wrong with one of them, if anything."""
    reason = asyncio.run(database(os.environ["DATABASE_URL"]) if what == "database" else redis(os.environ["REDIS_URL"]))
    if reason:
        print(reason)
    return 1 if reason else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
