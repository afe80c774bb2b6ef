"""Alerts as they are shown: lists, one with what is behind it and what its reader can do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from server.alerts import queries
from server.alerts.proposal import propose
from server.alerts.schemas import (
    Action,
    AgeingLot,
    Alert,
    AlertCounts,
    AlertDetail,
    AlertFigures,
    AlertFilter,
    Care,
    Colleague,
    DayUsed,
    KindCounts,
    OrderRef,
    Restock,
    RestockProposal,
)
from server.alerts.words import WINDOW_DAYS
from server.core import clock, db, paging
from server.core.actor import Actor
from server.core.errors import NotFound
from server.core.types import MAX_ID, OrgRef
from server.identity.roles import ROLE_NAMES
from server.orders.behalf import for_buyer
from server.stock.insight import cover_days
from server.stock.insight_queries import USED

OVER = ("rejected", "cancelled")
"""An order in such a state brings nothing: another one can be placed."""


def figures(item: db.Row) -> AlertFigures:
    """What was found, with what follows from it."""
    total = item["available"] + item["on_way"]
    excess = 0
    if item["kind"] == "high":
        allowed = item["limit_qty"] or item["used"] * (item["limit_days"] or 0) // WINDOW_DAYS
        excess = max(0, total - allowed)
    same = ("available", "on_way", "used", "ageing", "expired", "nearest_expiry")
    return AlertFigures(
        **{name: item[name] for name in same},
        window_days=WINDOW_DAYS,
        cover_days=cover_days(total, item["used"], WINDOW_DAYS),
        excess=excess,
    )


def words(item: db.Row) -> str:
    """What is the matter, in a sentence."""
    unit, found = item["base_unit"], figures(item)
    if item["kind"] == "soon":
        fresh = found.ageing - found.expired
        parts = [f"{fresh} {unit} 将在 {item['limit_days']} 天内到期"] if fresh else []
        parts += [f"{found.expired} {unit} 已过期"] if found.expired else []
        return "，".join(parts)
    there = f"可用 {found.available} {unit}" + (f"，在途 {found.on_way} {unit}" if found.on_way else "")
    side = "低于" if item["kind"] == "low" else "高于"
    if item["limit_qty"] is not None:
        return f"{there}，{side} {item['limit_qty']} {unit}"
    lasts = "没有销量" if found.cover_days is None else f"约够 {found.cover_days} 天"
    return f"{there}，{lasts}，{side} {item['limit_days']} 天"


def _shown(item: db.Row) -> dict[str, Any]:
    same = ("id", "kind", "product_id", "product_name", "product_code", "color", "base_unit", "case_name", "case_qty",
            "limit_qty", "limit_days", "opened_at", "looked_at", "closed_at", "reminded_at")  # fmt: skip
    order = None
    if item["order_id"] is not None:
        by = item["ordered_by_name"] or "系统"
        order = OrderRef(item["order_id"], item["order_number"], item["order_state"], by, item["ordered_at"])
    holder = None if item["holder_id"] is None else OrgRef(item["holder_id"], item["holder_name"])
    return {
        **{name: item[name] for name in same},
        "org": OrgRef(item["org_id"], item["org_name"]),
        "warehouse": OrgRef(item["warehouse_id"], item["warehouse_name"]),
        "figures": figures(item),
        "words": words(item),
        "reminded_by": item["reminded_by_name"],
        "order": order,
        "care": Care(
            item["snoozed_until"], item["snooze_reason"] or "", item["snoozed_by_name"], holder, item["note"] or ""
        ),
    }


async def list_alerts(actor: Actor, wanted: AlertFilter) -> tuple[list[Alert], str | None]:
    """The alerts of the own org and of those in the scope, the newest first."""
    actor.require("stock.read")
    org_id = actor.org_id if wanted.side == "own" else wanted.org_id
    opened = None if wanted.days is None else clock.now() - timedelta(days=wanted.days)
    asked = {
        "kind": wanted.kind, "warehouse": wanted.warehouse_id, "product": wanted.product_id, "days": opened,
        "below": True if wanted.side == "below" else None, "mine": wanted.mine or None,
    }  # fmt: skip
    named = [name for name, value in asked.items() if value is not None]
    before = paging.id_cursor(wanted.cursor) or MAX_ID
    found = await queries.page(
        actor, wanted.show, named, before, wanted.limit + 1, wanted.kind, org_id, wanted.warehouse_id,
        wanted.product_id, opened,
    )  # fmt: skip
    shown, cursor = paging.page(found, wanted.limit)
    return [Alert(**_shown(item)) for item in shown], cursor


async def count_alerts(actor: Actor) -> AlertCounts:
    """How many are open and not put off, by kind."""
    own, below, mine = await queries.counts(actor)
    return AlertCounts(KindCounts(**own), KindCounts(**below), mine)


async def get_alert(actor: Actor, alert_id: int) -> AlertDetail:
    """One alert with its days, its lots, what should be ordered, and what the reader can do."""
    found = await queries.some(actor, [alert_id])
    if not found:
        raise NotFound("没有找到这条预警")
    item = found[0]
    place = (actor.root_id, item["warehouse_id"], item["product_id"])
    since, _ = clock.between(clock.today() - timedelta(days=WINDOW_DAYS - 1), None)
    days = await queries.days(*place, since, USED, str(clock.zone()))
    lots = await queries.lots(*place) if item["kind"] == "soon" else []
    can = _can(actor, item)
    proposal = None
    if item["kind"] == "low" and item["closed_at"] is None and item["parent_id"] is not None and item["is_default"]:
        proposal = await propose(actor, item["org_id"], [item["product_id"]])
    return AlertDetail(
        **_shown(item),
        days=[DayUsed(day["day"], day["qty"]) for day in days],
        lots=_ageing(lots, item),
        proposal=proposal,
        can=can,
    )


def _ageing(lots: Sequence[db.Row], item: db.Row) -> list[AgeingLot]:
    """The lots near their end; what is left of each when those before it are sold first, at the pace of the window."""
    today, before, shown = clock.today(), 0, []
    for lot in lots:
        days = (lot["expires_on"] - today).days
        if days > (item["limit_days"] or 0):
            break
        sold = max(0, item["used"] * max(days, 0) // WINDOW_DAYS - before)
        unsold = lot["qty"] if days < 0 else max(0, lot["qty"] - sold)
        before += lot["qty"] - unsold
        shown.append(AgeingLot(lot["lot_code"], lot["expires_on"], days, lot["qty"], unsold))
    return shown


def _can(actor: Actor, item: db.Row) -> list[Action]:
    if item["closed_at"] is not None:
        return []
    own, direct = item["org_id"] == actor.org_id, item["parent_id"] == actor.org_id
    too_much = item["kind"] in ("high", "soon")
    buys = actor.may("order.create") if own else direct and actor.may("order.create_for")
    ordered = item["order_id"] is not None and item["order_state"] not in OVER
    allowed: dict[Action, bool] = {
        "order": item["kind"] == "low"
        and item["parent_id"] is not None
        and item["is_default"]
        and buys
        and not ordered,
        "remind": not own and actor.may("alert.handle"),
        "price": too_much and own and actor.sells and actor.may("price.manage"),
        "transfer": too_much and actor.may("transfer.propose") and item["org_kind"] != "store" and (own or direct),
        "snooze": actor.may("alert.handle"),
        "hand_over": actor.may("alert.handle"),
    }
    return [action for action, may in allowed.items() if may]


async def list_colleagues(actor: Actor) -> list[Colleague]:
    """The own org's people to whom an alert can be handed."""
    return [
        Colleague(one["id"], one["name"], one["own_role"] or ROLE_NAMES.get(one["role"], ""))
        for one in await queries.colleagues(actor.org_id)
    ]


async def suggest_restock(actor: Actor, wanted: Restock) -> RestockProposal:
    """What the own org, or a direct buyer, should order: what does not last until more would come (T1)."""
    buyer = await for_buyer(actor, wanted.buyer_id)
    return await propose(buyer, buyer.org_id)
