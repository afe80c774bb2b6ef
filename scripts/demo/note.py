"""Writes down, beside the database, who can sign in, and tells the sandbox what its members are called."""

from __future__ import annotations

import json
from pathlib import Path

from bot.sandbox.state import State
from scripts.demo.cast import PASSWORD
from scripts.toolbox.accounts import FILE, Account
from server.core import db
from server.identity.models import Account as Row


async def shown_accounts(root_id: int, phones: list[str]) -> list[Account]:
    """The accounts with these phone numbers, in this order, as tools read them."""
    rows = {row.phone: row for row in await Row.filter(root_id=root_id, phone__in=phones).prefetch_related("org")}
    titles = {row["id"]: row["name"] for row in await db.rows("SELECT id, name FROM role WHERE root_id = $1", root_id)}
    return [_account(rows[phone], titles) for phone in phones if phone in rows]


def _account(row: Row, titles: dict[int, str]) -> Account:
    found = Account(role=row.role, org=row.org.name, phone=row.phone, password=PASSWORD, wecom_userid=row.wecom_userid)
    if row.role_id is not None:
        found["title"] = titles[row.role_id]
    return found


def write_accounts(data: Path, accounts: list[Account]) -> None:
    """Put the accounts into the data folder, whole or not at all."""
    data.mkdir(parents=True, exist_ok=True)
    fresh = (data / FILE).with_suffix(".new")
    fresh.write_text(json.dumps(accounts, ensure_ascii=False, indent=1), "utf-8")
    fresh.replace(data / FILE)


async def introduce_members(root_id: int, kept: Path) -> None:
    """Let the sandbox show the brand's people by their names; its memory is the file it keeps between runs."""
    found = await db.rows(
        "SELECT wecom_userid, name FROM account WHERE root_id = $1 AND wecom_userid IS NOT NULL ORDER BY id", root_id
    )
    state = State(open_membership=True, file=kept)
    state.load()
    known = {userid: member.name for userid, member in state.memory.members.items()}
    for row in found:
        if known.get(row["wecom_userid"]) != row["name"]:
            state.add_member(row["wecom_userid"], row["name"])
    state.save()
