"""Every setting of Qutong, typed, in one place.

Nothing else in the code base reads the environment. A setting that is not given has the value that
`scripts/run` needs on a newcomer's machine; production gives at least `DATABASE_URL`, `REDIS_URL` and the
WeCom / WeChat credentials.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo


class SettingError(Exception):
    """A setting in the environment cannot be used; the text says which and why, for the operator."""


@dataclass(frozen=True)
class WeComSettings:
    """The enterprise WeChat app that carries cards and messages, its callback, and its page for signing in."""

    api_base: str
    login_url: str
    corp_id: str
    agent_id: int
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(repr=False)

    @property
    def configured(self) -> bool:
        """Whether cards can be sent at all; without credentials they stay visible in the outbox."""
        return bool(self.corp_id and self.secret)


@dataclass(frozen=True)
class WeChatSettings:
    """The mini-program: login and subscribe messages."""

    api_base: str
    app_id: str
    app_secret: str = field(repr=False)
    template_order: str

    @property
    def configured(self) -> bool:
        """Whether the mini-program's login and subscribe messages can be used."""
        return bool(self.app_id and self.app_secret)


@dataclass(frozen=True)
class Settings:
    """The whole configuration of one process."""

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    host: str
    port: int
    bot_port: int
    sandbox_port: int
    workers: int
    database_connections: int
    public_url: str
    timezone: str
    data_folder: Path
    session_days: int
    login_limit_per_minute: int
    proxies: int
    log_level: str
    wecom: WeComSettings
    wechat: WeChatSettings

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone in which business days begin and end."""
        return ZoneInfo(self.timezone)


def _integer(environment: Mapping[str, str], name: str, default: int, least: int = 0, most: int = 10**9) -> int:
    text = environment.get(name, "").strip()
    if not text:
        return default
    try:
        found = int(text)
    except ValueError:
        raise SettingError(f"{name} must be a whole number, not {text!r}") from None
    if not least <= found <= most:
        raise SettingError(f"{name} must be from {least} to {most}, not {found}")
    return found


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    return _integer(environment, name, default, least=1, most=65_535)


def _level(environment: Mapping[str, str]) -> str:
    level = environment.get("QUTONG_LOG_LEVEL", "INFO").upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
        raise SettingError(f"QUTONG_LOG_LEVEL must be DEBUG, INFO, WARNING, ERROR or CRITICAL, not {level!r}")
    return level


def _folder_url(url: str) -> str:
    return url if url.endswith("/") else url + "/"


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raises `SettingError` naming the variable that cannot be used."""
    env = os.environ if environment is None else environment
    port = _port(env, "QUTONG_PORT", 8000)
    timezone = env.get("QUTONG_TIMEZONE", "Asia/Shanghai")
    try:
        ZoneInfo(timezone)
    except Exception:
        raise SettingError(f"QUTONG_TIMEZONE {timezone!r} is not a time zone") from None
    return Settings(
        database_url=env.get("DATABASE_URL", ""),
        redis_url=env.get("REDIS_URL", ""),
        host=env.get("QUTONG_HOST", "127.0.0.1"),
        port=port,
        bot_port=_port(env, "QUTONG_BOT_PORT", port + 1),
        sandbox_port=_port(env, "QUTONG_SANDBOX_PORT", port + 2),
        workers=_integer(env, "QUTONG_WORKERS", 2, least=1, most=256),
        database_connections=_integer(env, "QUTONG_DATABASE_CONNECTIONS", 10, least=1, most=1000),
        public_url=env.get("QUTONG_PUBLIC_URL", f"http://127.0.0.1:{port}"),
        timezone=timezone,
        data_folder=Path(env.get("QUTONG_DATA", ".data")),
        session_days=_integer(env, "QUTONG_SESSION_DAYS", 30, least=1, most=3650),
        login_limit_per_minute=_integer(env, "QUTONG_LOGIN_LIMIT_PER_MINUTE", 30, least=1),
        proxies=_integer(env, "QUTONG_PROXIES", 0, most=10),
        log_level=_level(env),
        wecom=WeComSettings(
            api_base=_folder_url(env.get("WECOM_API_BASE", "https://qyapi.weixin.qq.com/cgi-bin/")),
            login_url=env.get("WECOM_LOGIN_URL", "https://login.work.weixin.qq.com/wwlogin/sso/login"),
            corp_id=env.get("WECOM_CORP_ID", ""),
            agent_id=_integer(env, "WECOM_AGENT_ID", 0),
            secret=env.get("WECOM_SECRET", ""),
            token=env.get("WECOM_TOKEN", ""),
            aes_key=env.get("WECOM_AES_KEY", ""),
        ),
        wechat=WeChatSettings(
            api_base=_folder_url(env.get("WECHAT_API_BASE", "https://api.weixin.qq.com/")),
            app_id=env.get("WECHAT_APP_ID", ""),
            app_secret=env.get("WECHAT_APP_SECRET", ""),
            template_order=env.get("WECHAT_TEMPLATE_ORDER", ""),
        ),
    )
