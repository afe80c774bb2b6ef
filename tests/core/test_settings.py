"""A setting that cannot be used is named, before anything starts."""

from __future__ import annotations

import httpx
import pytest

from server.settings import SettingError, load_settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("QUTONG_PORT", "eighty"), ("QUTONG_PORT", "0"), ("QUTONG_PORT", "70000"), ("QUTONG_WORKERS", "0"),
        ("QUTONG_WORKERS", "-1"), ("QUTONG_DATABASE_CONNECTIONS", "0"), ("QUTONG_SESSION_DAYS", "0"),
        ("QUTONG_LOGIN_LIMIT_PER_MINUTE", "0"), ("QUTONG_PROXIES", "-1"), ("QUTONG_TIMEZONE", "Mars/Base"),
        ("QUTONG_LOG_LEVEL", "LOUD"), ("WECOM_AGENT_ID", "1.5"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_used_is_named_with_its_value(name: str, value: str) -> None:
    with pytest.raises(SettingError) as error:
        load_settings({name: value})
    assert name in str(error.value) and value in str(error.value)


def test_with_nothing_given_a_newcomers_machine_is_served() -> None:
    found = load_settings({})
    assert (found.port, found.bot_port, found.sandbox_port) == (8000, 8001, 8002)
    assert found.host == "127.0.0.1" and not found.wecom.configured and not found.wechat.configured


def test_secrets_are_not_shown_where_settings_are() -> None:
    secrets = {"WECOM_SECRET": "s1", "WECHAT_APP_SECRET": "s2", "WECOM_TOKEN": "s3", "WECOM_AES_KEY": "s4"}
    found = load_settings({**{name: f"geheim-{item}" for name, item in secrets.items()}, "DATABASE_URL": "geheim"})
    assert "geheim" not in repr(found)


async def test_the_server_says_that_it_lives_and_whether_it_is_ready(http: httpx.AsyncClient) -> None:
    assert (await http.get("/healthz")).json() == {"status": "ok"}
    ready = (await http.get("/readyz")).json()
    assert (ready["status"], ready["redis"]) == ("ready", "ok")
