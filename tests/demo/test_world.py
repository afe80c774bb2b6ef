"""A small demo world, made by the command itself in a database of its own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from argon2 import PasswordHasher

from scripts.toolbox.accounts import read_accounts
from server.core.db import connection_options
from server.identity.roles import ROLES
from tests.invariants.checks import broken
from tests.services import EmbeddedServices

ROOT = Path(__file__).resolve().parents[2]
SMALL = ("--provinces", "2", "--stores", "20", "--products", "30", "--weeks", "3")


@dataclass
class Demo:
    """A database with a demo world in it, and the data folder that belongs to it."""

    url: str
    data: Path
    connection: Any

    async def make(self) -> str:
        """Run the command; what it prints."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "scripts.demo", *SMALL, cwd=ROOT,
            env={**os.environ, "DATABASE_URL": self.url, "QUTONG_DATA": str(self.data)},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        output, _ = await process.communicate()
        assert process.returncode == 0, output.decode()
        return output.decode()

    async def all(self, sql: str) -> list[Any]:
        """The first column of all rows."""
        return [row[0] for row in await self.connection.fetch(sql)]


@pytest.fixture(scope="module")
async def demo(
    services: EmbeddedServices, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Demo]:
    """A small world, made once for all tests of this file."""
    database = services.create_database(template)
    url = services.database_url(database)
    connection = await asyncpg.connect(**connection_options(url))
    made = Demo(url, tmp_path_factory.mktemp("demo"), connection)
    assert "已写入" in await made.make()
    yield made
    await connection.close()
    services.drop_database(database)


async def test_the_demo_would_teach_falsehoods_if_goods_money_or_orders_did_not_add_up(demo: Demo) -> None:
    assert await broken(demo.url) == []


async def test_a_visitor_would_not_see_what_the_system_does_if_a_state_had_no_order(demo: Demo) -> None:
    states = set(await demo.all("SELECT DISTINCT state FROM orders"))
    assert states == {"submitted", "approved", "issued", "received", "closed", "rejected", "cancelled"}
    verbs = set(await demo.all("SELECT DISTINCT verb FROM order_event"))
    assert verbs >= {"submit", "pass_on", "approve", "reject", "cancel", "issue", "receive", "close"}
    assert await demo.all("SELECT count(*) FROM goods_issue_line WHERE short_qty + damaged_qty > 0") > [0]
    assert await demo.all("SELECT count(*) FROM ledger_entry WHERE document_kind = 'payment'") > [0]


async def test_the_history_would_be_unbelievable_if_all_of_it_had_happened_now_or_some_of_it_later(demo: Demo) -> None:
    assert await demo.all("SELECT max(at) <= now() FROM order_event") == [True]
    days = await demo.all("SELECT count(DISTINCT (submitted_at AT TIME ZONE 'Asia/Shanghai')::date) FROM orders")
    assert days[0] >= 9, "three weeks have eighteen working days"
    nights = "SELECT count(*) FROM orders WHERE submitted_at < now() - interval '8 days' AND NOT " \
        "extract(hour FROM submitted_at AT TIME ZONE 'Asia/Shanghai') BETWEEN 8 AND 19"  # fmt: skip
    assert await demo.all(nights) == [0]


async def test_a_price_outside_the_guide_prices_limits_could_be_bought_in_the_demo(demo: Demo) -> None:
    outside = "SELECT count(*) FROM price r JOIN product p ON p.id = r.product_id " \
        "WHERE r.exception_id IS NULL " \
        "AND r.price_fen NOT BETWEEN p.floor_price_fen AND p.ceiling_price_fen"  # fmt: skip
    assert await demo.all(outside) == [0]
    sellers = await demo.all("SELECT count(DISTINCT seller_id) FROM price")
    assert sellers == [1 + 2 + 4 + 8], "the brand, 2 provincial dealers, 4 of cities, 8 of counties"


async def test_the_chat_would_be_flooded_if_the_history_were_told_again(demo: Demo) -> None:
    assert await demo.all("SELECT count(*) FROM outbox WHERE channel = 'event' AND state <> 'delivered'") == [0]
    cards = "SELECT subject_id FROM outbox WHERE state = 'pending' AND channel = 'wecom_card' AND topic LIKE '{}.%'"
    waiting = await demo.all(
        "SELECT subject_id FROM outbox WHERE state = 'pending' AND channel = 'wecom_card' "
        "AND topic NOT LIKE ALL ('{diversion.%,alert.%}')"
    )
    assert await demo.all(cards.format("diversion")) == await demo.all("SELECT id FROM diversion WHERE state = 'open'")
    alarmed = await demo.all(cards.format("alert"))
    assert 1 <= len(alarmed) <= 14, "a card for each of the dealers at most, whatever is short there"
    assert 2 <= len(waiting) <= 12
    undecided = await demo.all("SELECT id FROM approval WHERE state = 'pending'")
    assert set(waiting) <= set(undecided)
    assert await demo.all("SELECT count(*) FROM outbox WHERE state = 'pending' AND channel <> 'wecom_card'") == [0]
    assert await demo.all("SELECT count(*) FROM notice WHERE read_at IS NULL") > [0]


async def test_a_visitor_could_not_sign_in_if_the_accounts_written_down_were_not_those_of_the_database(
    demo: Demo,
) -> None:
    accounts = read_accounts(demo.data)
    assert {account["role"] for account in accounts} == set(ROLES)
    for account in accounts:
        row = await demo.connection.fetchrow("SELECT * FROM account WHERE phone = $1", account["phone"])
        assert row["role"] == account["role"] and row["wecom_userid"] == account["wecom_userid"]
    first = await demo.all(f"SELECT password_hash FROM account WHERE phone = '{accounts[0]['phone']}'")
    assert PasswordHasher().verify(first[0], accounts[0]["password"])
    members = json.loads((demo.data / "sandbox.json").read_text("utf-8"))["members"]
    chat = {account["wecom_userid"] for account in accounts if account["wecom_userid"]}
    assert set(members) == chat and all(member["name"] != userid for userid, member in members.items())


async def test_near_expiry_and_low_stock_could_not_be_shown_if_every_warehouse_were_fresh_and_full(demo: Demo) -> None:
    old = "SELECT count(*) FROM stock_balance b JOIN lot l ON l.id = b.lot_id " \
        "WHERE b.is_real AND b.on_hand > 0 AND l.expires_on BETWEEN current_date AND current_date + 30"  # fmt: skip
    assert await demo.all(old) > [0]
    low = "SELECT count(*) FROM (SELECT b.location_id, b.product_id, sum(b.on_hand - b.reserved) AS free " \
        "FROM stock_balance b JOIN location w ON w.id = b.location_id JOIN org o ON o.id = w.org_id " \
        "WHERE b.is_real AND o.kind = 'dealer' GROUP BY 1, 2) held WHERE free < 240"  # fmt: skip
    assert await demo.all(low) > [0]


async def test_nobody_would_see_how_a_price_below_its_floor_is_asked_for_if_no_dealer_had_asked(demo: Demo) -> None:
    assert await demo.all("SELECT state FROM price_exception ORDER BY id") == ["approved", "rejected", "pending"]
    assert await demo.all("SELECT count(*) FROM price WHERE exception_id IS NOT NULL") == [1]


async def test_a_visitor_would_see_no_diversion_recall_or_transfer_if_none_were_under_way(demo: Demo) -> None:
    assert set(await demo.all("SELECT DISTINCT state FROM diversion")) >= {"open", "decided"}
    assert await demo.all("SELECT state FROM recall") == ["running"]
    assert await demo.all("SELECT state FROM transfer ORDER BY id") == ["closed", "issued", "proposed"]


async def test_a_visitor_would_find_empty_pages_of_stock_if_nobody_counted_scanned_or_sold_anything(demo: Demo) -> None:
    states = await demo.all("SELECT state FROM stocktake ORDER BY id")
    assert sorted(states) == ["adjusted", "adjusted", "counting", "submitted", "submitted"]
    waiting = "SELECT count(*) FROM approval WHERE subject_kind = 'stocktake' AND state = 'pending'"
    assert await demo.all(waiting) == [2]
    counters = "SELECT count(DISTINCT s.opened_by) FROM stocktake_session x JOIN scan_session s ON s.id = x.session_id"
    assert await demo.all(counters) == [2]
    kinds = await demo.all("SELECT DISTINCT kind || ' ' || state FROM scan_session")
    assert set(kinds) >= {"in finished", "in open", "out open", "sale finished", "sale open", "count open"}
    days = "SELECT count(DISTINCT day) FROM sale_day WHERE day < current_date"
    assert (await demo.all(days))[0] >= 14, "three weeks, of which the first days have no goods yet"
    assert await demo.all("SELECT count(DISTINCT org_id) > 2 FROM sale_day") == [True]


async def test_a_second_start_would_double_the_world_and_a_broken_one_leave_half_of_it(demo: Demo) -> None:
    before = await demo.all("SELECT count(*) FROM orders")
    (demo.data / "demo-accounts.json").unlink()
    assert "已经有了" in await demo.make()
    assert await demo.all("SELECT count(*) FROM orders") == before
    assert read_accounts(demo.data), "a data folder that is new learns the accounts of a database that is not"

    await demo.connection.execute("DELETE FROM audit_entry WHERE verb = 'demo_built'")
    assert "已写入" in await demo.make()
    assert await demo.all("SELECT count(*) FROM org WHERE kind = 'brand'") == [1]
    assert await broken(demo.url) == []
