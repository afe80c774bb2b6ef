"""No list becomes slow with the years: what a page reads does not grow with what is not on it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec
import pytest
from sanic import Sanic

from server.approvals import service as approvals
from server.approvals.schemas import ApprovalFilter
from server.catalog.schemas import ProductFilter
from server.core import clock, db
from server.core.actor import Actor
from server.identity import queries as identity
from server.identity.service import actor_for
from server.notify import queries as outbox
from server.notify import service as notify
from server.notify.schemas import AuditFilter, NoticeFilter, OutboxFilter
from server.orders import lists, shelf, views
from server.orders.schemas import IssueFilter, OrderFilter, Side
from server.settlement import service as settlement
from server.settlement.schemas import EntryFilter
from server.stock import service as stock
from server.stock.schemas import StockFilter
from tests.large import Large, fill
from tests.services import EmbeddedServices

ORDERS = 12_000
BIG = {
    "orders", "order_line", "order_event", "goods_issue", "goods_issue_line", "approval", "ledger_entry", "audit_entry",
    "outbox", "notice", "session", "stock_balance",
}  # fmt: skip
PAGE = 3_000
"""How many rows a page may look at, of the 12,000 and more that the tables hold."""

COUNTS = 16_000
"""And the numbers on the tabs: up to 1,000 in each of eight states, each counted twice at most."""

Sent = list[tuple[str, tuple[Any, ...]]]


@pytest.fixture(scope="module")
def large_database(services: EmbeddedServices) -> str:
    """A database with the large world, made once per run; nothing is written to it."""

    async def write(url: str) -> None:
        connection = await asyncpg.connect(**db.connection_options(url))
        await fill(connection, ORDERS)
        await connection.execute("VACUUM")
        await connection.close()

    def build(url: str) -> None:
        # In a process of its own: this one's pool is in use.
        subprocess.run([sys.executable, "-m", "server.migrate"], env={**os.environ, "DATABASE_URL": url}, check=True)
        asyncio.run(write(url))

    return services.database_url(services.template("large", build))


@asynccontextmanager
async def looking_at(url: str, monkeypatch: pytest.MonkeyPatch, sent: Sent) -> AsyncIterator[asyncpg.Connection]:
    """All statements go to this database, and are remembered."""
    connection = await asyncpg.connect(**db.connection_options(url))

    async def rows(sql: str, *args: Any) -> Sequence[db.Row]:
        sent.append((sql, args))
        found: Sequence[db.Row] = await connection.fetch(sql, *args)
        return found

    async def row(sql: str, *args: Any) -> db.Row | None:
        return next(iter(await rows(sql, *args)), None)

    monkeypatch.setattr(db, "rows", rows)
    monkeypatch.setattr(db, "row", row)
    try:
        yield connection
    finally:
        await connection.close()


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan's nodes, all of them."""
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def looked_at(node: dict[str, Any]) -> float:
    """The rows that a node took from a table, also those that it threw away."""
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return float((node["Actual Rows"] + removed) * node["Actual Loops"])


async def check(connection: asyncpg.Connection, sql: str, args: tuple[Any, ...], most: int) -> None:
    """The statement's plan reads no big table from end to end, and few rows of it, as a first and as a later run."""
    for mode in ("force_custom_plan", "force_generic_plan"):
        await connection.execute(f"SET plan_cache_mode = {mode}")
        text = await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", *args)
        found = [node for node in nodes(msgspec.json.decode(text)[0]["Plan"]) if node.get("Relation Name") in BIG]
        scanned = {node["Relation Name"] for node in found if node["Node Type"] == "Seq Scan"}
        assert not scanned, (mode, scanned, sql)
        touched = sum(looked_at(node) for node in found)
        assert touched <= most, (mode, touched, [(n["Relation Name"], looked_at(n)) for n in found], sql)


Look = Callable[[Actor], Awaitable[object]]


def orders(side: Side, **filters: Any) -> Look:
    """A list of orders."""
    return lambda actor: lists.list_orders(actor, OrderFilter(side, **filters))


def counts(side: Side) -> Look:
    """The numbers on the tabs."""
    return lambda actor: lists.count_states(actor, side)


async def _entries_of_store(actor: Actor) -> object:
    return await settlement.entries(actor, EntryFilter())


async def _goods_on_the_way(actor: Actor) -> object:
    return await views.list_issues(actor, IssueFilter("purchases", "in_transit"))


PAGES: dict[str, tuple[str, Look, int]] = {
    "a store's purchases": ("store", orders("purchases"), PAGE),
    "a store's purchases in a state": ("store", orders("purchases", state="submitted"), PAGE),
    "a dealer's sales": ("dealer", orders("sales"), PAGE),
    "a dealer's sales in two states": ("dealer", orders("sales", state="submitted,approved"), PAGE),
    "a dealer's sales to one store": ("dealer", orders("sales", buyer_id=3001), PAGE),
    "all that a dealer sees": ("dealer", orders("all"), PAGE),
    "the brand's sales": ("brand", orders("sales"), PAGE),
    "all that the brand sees": ("brand", orders("all"), PAGE),
    "all that waits at the brand": ("brand", orders("all", state="submitted"), PAGE),
    "what the brand has on hold": ("brand", orders("all", state="on_hold"), PAGE),
    "all that a rep sees": ("rep", orders("all"), PAGE),
    "what waits for a rep": ("rep", orders("sales", state="submitted"), PAGE),
    "an order by its number": ("brand", orders("all", q="250101000017"), PAGE),
    "a text that no order has": ("brand", orders("all", q="没有这个"), PAGE),
    "a rep's search": ("rep", orders("all", q="门店1-3"), PAGE),
    "a store's search": ("store", orders("purchases", q="商品17"), PAGE),
    "the tabs of a store": ("store", counts("purchases"), COUNTS),
    "the tabs of a dealer": ("dealer", counts("sales"), COUNTS),
    "the tabs of the brand": ("brand", counts("all"), COUNTS),
    "the tabs of a rep": ("rep", counts("all"), COUNTS),
    "an order": ("dealer", lambda actor: views.get_order(actor, 101), PAGE),
    "goods on the way to a store": ("store", _goods_on_the_way, PAGE),
    "goods issues of a dealer": ("dealer", lambda a: views.list_issues(a, IssueFilter("sales")), PAGE),
    "the catalogue": ("store", lambda actor: shelf.browse(actor, ProductFilter(limit=50)), PAGE),
    "a search in the catalogue": ("store", lambda actor: shelf.browse(actor, ProductFilter(q="商品7")), PAGE),
    "what a store usually orders": ("store", shelf.frequent, PAGE),
    "a dealer's stock": ("dealer", lambda actor: stock.list_stock(actor, StockFilter()), PAGE),
    "a store's account": ("store", _entries_of_store, PAGE),
    "what waits for the brand's decision": ("brand", lambda a: approvals.list_approvals(a, ApprovalFilter()), PAGE),
    "an inbox": ("dealer", lambda actor: notify.list_notices(actor, NoticeFilter()), PAGE),
    "the unread, where all is read": ("dealer", lambda a: notify.list_notices(a, NoticeFilter(unread=True)), PAGE),
    "the brand's audit trail": ("brand", lambda actor: notify.list_audit(actor, AuditFilter()), PAGE),
    "a dealer's audit trail": ("dealer", lambda actor: notify.list_audit(actor, AuditFilter()), PAGE),
    "messages that failed": ("brand", lambda actor: notify.list_outbox(actor, OutboxFilter()), PAGE),
    "the next messages": ("brand", lambda actor: outbox.take_messages(clock.now(), ["wecom_card"], 50), PAGE),
    "the next events": ("brand", lambda actor: outbox.take_events(clock.now(), 50), PAGE),
    "who is signed in": ("store", lambda actor: identity._sessions([bytes(32)]), PAGE),
}


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_stays_fast_however_much_lies_behind_it(
    page: str, large_database: str, app: Sanic[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    who, look, most = PAGES[page]
    sent: Sent = []
    async with looking_at(large_database, monkeypatch, sent) as connection:
        actor = await actor_for(getattr(Large(), who))
        sent.clear()
        await look(actor)
        statements = list(sent)
        assert statements
        for sql, args in statements:
            await check(connection, sql, args, most)
