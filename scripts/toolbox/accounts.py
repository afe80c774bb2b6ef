"""The demo accounts, as the demo data wrote them down, and the line that tools read."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NotRequired, TypedDict

FILE = "demo-accounts.json"

ROLES = {
    "brand_admin": "品牌管理员",
    "brand_manager": "品牌销售经理",
    "brand_rep": "品牌业务员",
    "brand_finance": "品牌财务",
    "brand_warehouse": "品牌仓库",
    "dealer_owner": "经销商老板",
    "dealer_clerk": "经销商内勤",
    "dealer_warehouse": "经销商仓库",
    "dealer_driver": "经销商司机",
    "dealer_finance": "经销商财务",
    "store_owner": "门店老板",
    "store_clerk": "门店店员",
}


class Account(TypedDict):
    """Who can log in to the demo world."""

    role: str
    org: str
    phone: str
    password: str
    wecom_userid: str | None
    title: NotRequired[str]
    """The role that the brand has built for the account, where it has."""


class Addresses(TypedDict):
    """Where everything answers; `sandbox` is null where the real WeCom is used."""

    api: str
    h5: str
    console: str
    bot: str
    sandbox: str | None


def read_accounts(data: Path) -> list[Account]:
    """The demo accounts of a data folder; none when there is no demo data in it."""
    try:
        entries = json.loads((data / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return [_account(entry) for entry in entries]


def _account(entry: dict[str, Any]) -> Account:
    found = Account(
        role=str(entry["role"]),
        org=str(entry["org"]),
        phone=str(entry["phone"]),
        password=str(entry["password"]),
        wecom_userid=entry.get("wecom_userid"),
    )
    if entry.get("title"):
        found["title"] = str(entry["title"])
    return found


def ready_line(addresses: Addresses, accounts: Iterable[Account]) -> str:
    """The one line of `scripts/run --json`."""
    return json.dumps({**addresses, "accounts": list(accounts)}, ensure_ascii=False)


def table(accounts: Iterable[Account]) -> list[str]:
    """The accounts in columns for the terminal."""
    rows = [("角色", "所属", "手机号", "密码", "企业微信")]
    rows += [
        (
            entry.get("title") or ROLES.get(entry["role"], entry["role"]),
            entry["org"],
            entry["phone"],
            entry["password"],
            entry["wecom_userid"] or "-",
        )
        for entry in accounts
    ]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
