"""What is shown of orders: lists, details, goods issues; each in a fixed number of statements."""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec

from server.approvals import queries as asking
from server.approvals import service as approvals
from server.approvals.progress import progress
from server.approvals.schemas import StepShown
from server.core import clock, db, paging
from server.core.actor import Actor
from server.core.errors import NotFound
from server.core.types import MAX_ID, OrgRef
from server.orders.lists import summary
from server.orders.prices import steps
from server.orders.schemas import (
    Approve,
    ApprovedLine,
    Event,
    GoodsIssue,
    IssueFilter,
    IssueLine,
    Order,
    OrderApproval,
    OrderLine,
    Proposal,
    Receipt,
)
from server.orders.states import TRANSITIONS, VERB_NAMES
from server.pricing.engine import Step
from server.stock import service as stock

_LINES = """
SELECT l.*, p.name AS product_name, p.code AS product_code, p.color, p.image_url, p.base_unit, k.name AS packaging_name,
       (SELECT array_agg(g.gtin ORDER BY g.id) FROM packaging g WHERE g.product_id = l.product_id) AS gtins
FROM order_line l JOIN product p ON p.id = l.product_id JOIN packaging k ON k.id = l.packaging_id
WHERE l.root_id = $1 AND l.order_id = $2
ORDER BY l.line_no
"""

# Head, lines, events and decision of one order in one round trip.
_DETAIL = f"""
SELECT o.*, s.name AS seller_name, b.name AS buyer_name,
       EXISTS (SELECT FROM account a WHERE a.org_id = o.buyer_id AND a.status = 'active') AS buyer_signs,
       (SELECT json_agg(row_to_json(x) ORDER BY x.line_no)::text FROM ({_LINES}) x) AS lines,
       (SELECT json_agg(row_to_json(x) ORDER BY x.id)::text FROM (
            SELECT e.id, e.verb, e.from_state, e.to_state, a.name AS account_name, g.name AS org_name, e.reason, e.at
            FROM order_event e LEFT JOIN account a ON a.id = e.account_id LEFT JOIN org g ON g.id = a.org_id
            WHERE e.root_id = o.root_id AND e.order_id = o.id) x) AS events,
       a.id AS approval_id, a.state AS approval_state, a.step_no, d.name AS decided_by, a.decided_at,
       CASE WHEN a.state = 'pending' THEN a.proposal::text END AS proposal, {asking.STEPS} AS steps,
       {asking.TAKEN} AS taken, coalesce(f.in_turn, false) AS in_turn,
       {asking.held("$4", "$5::date")} AS held
FROM orders o JOIN org s ON s.id = o.seller_id JOIN org b ON b.id = o.buyer_id
LEFT JOIN approval a ON a.root_id = o.root_id AND a.subject_kind = 'order' AND a.subject_id = o.id
LEFT JOIN approval_flow f ON f.root_id = a.root_id AND f.id = a.flow_id
LEFT JOIN account d ON d.id = a.decided_by
WHERE o.root_id = $1 AND o.id = $2 AND (b.path LIKE ANY ($3::text[]) OR o.seller_id = $6)
"""

_ISSUES = """
SELECT i.*, o.number AS order_number, s.name AS seller_name, b.name AS buyer_name, w.name AS warehouse_name,
       a.name AS issued_by_name, r.id AS receipt_id, r.received_at, ra.name AS received_by, r.note AS receipt_note,
       r.credit_fen, r.photo_ids, o.address::text AS address, o.note AS order_note, o.delivery_method,
       (SELECT json_agg(json_build_object(
            'line_no', l.line_no, 'order_line_no', l.order_line_no, 'product_id', l.product_id,
            'product_name', p.name, 'product_code', p.code, 'packaging_name', k.name, 'unit_qty', ol.unit_qty,
            'base_unit', p.base_unit,
            'gtins', (SELECT json_agg(g.gtin ORDER BY g.id) FROM packaging g WHERE g.product_id = l.product_id),
            'lot_code', t.code, 'expires_on', nullif(t.expires_on, 'infinity'), 'qty', l.qty,
            'received_qty', l.received_qty, 'damaged_qty', l.damaged_qty, 'short_qty', l.short_qty, 'note', l.note,
            'price_fen', l.price_fen, 'amount_fen', l.amount_fen, 'gift', ol.gift_of IS NOT NULL)
            ORDER BY l.line_no)::text
        FROM goods_issue_line l
        JOIN order_line ol ON ol.root_id = l.root_id AND ol.order_id = i.order_id AND ol.line_no = l.order_line_no
        JOIN product p ON p.id = l.product_id JOIN packaging k ON k.id = ol.packaging_id JOIN lot t ON t.id = l.lot_id
        WHERE l.root_id = i.root_id AND l.issue_id = i.id) AS lines
FROM {source} i
JOIN orders o ON o.root_id = i.root_id AND o.id = i.order_id
JOIN org s ON s.id = i.seller_id JOIN org b ON b.id = i.buyer_id
JOIN location w ON w.id = i.location_id
LEFT JOIN account a ON a.id = i.issued_by
LEFT JOIN receipt r ON r.root_id = i.root_id AND r.issue_id = i.id
LEFT JOIN account ra ON ra.id = r.received_by
"""

_ANY_ISSUE = _ISSUES.format(source="goods_issue")
_ISSUES_OF = _ANY_ISSUE + "WHERE i.root_id = $1 AND i.order_id = $2 ORDER BY i.id"
_IN_SCOPE = "AND (b.path LIKE ANY ($3::text[]) OR i.seller_id = $4)"
_ISSUE_BY_ID = _ANY_ISSUE + f"WHERE i.root_id = $1 AND i.id = $2 {_IN_SCOPE}"
_ISSUES_BY_ID = _ANY_ISSUE + f"WHERE i.root_id = $1 AND i.id = ANY ($2::bigint[]) {_IN_SCOPE}"
_ISSUE_BY_NUMBER = _ANY_ISSUE + f"WHERE i.root_id = $1 AND i.number = $2 {_IN_SCOPE}"
# A run per state, as in `lists`; one text per side, so that each reads its own index.
_NEWEST_ISSUES = """(
    SELECT h.* FROM unnest($3::text[]) AS s (state) CROSS JOIN LATERAL (
        SELECT x.* FROM goods_issue x JOIN org g ON g.id = x.buyer_id
        WHERE x.root_id = $1 AND x.{party} = $2 AND x.state = s.state AND x.id < $4
          AND (g.path LIKE ANY ($6::text[]) OR x.seller_id = $7)
        ORDER BY x.id DESC LIMIT $5) h
    ORDER BY h.id DESC LIMIT $5)"""
_ISSUE_LISTS = {
    side: _ISSUES.format(source=_NEWEST_ISSUES.format(party=party)) + "ORDER BY i.id DESC"
    for side, party in (("sales", "seller_id"), ("purchases", "buyer_id"))
}


def _issue(found: db.Row) -> GoodsIssue:
    receipt = None
    if found["receipt_id"] is not None:
        receipt = Receipt(
            found["receipt_id"],
            found["received_at"],
            found["received_by"] or "",
            found["receipt_note"],
            found["credit_fen"],
            list(found["photo_ids"]),
        )
    return GoodsIssue(
        id=found["id"],
        number=found["number"],
        order_id=found["order_id"],
        order_number=found["order_number"],
        state=found["state"],
        seller=OrgRef(found["seller_id"], found["seller_name"]),
        buyer=OrgRef(found["buyer_id"], found["buyer_name"]),
        warehouse_name=found["warehouse_name"],
        issued_at=found["issued_at"],
        issued_by=found["issued_by_name"] or "",
        total_fen=found["total_fen"],
        lines=msgspec.json.decode(found["lines"] or "[]", type=list[IssueLine]),
        receipt=receipt,
    )


async def get_issue(actor: Actor, issue_id: int) -> GoodsIssue:
    """One goods issue inside the scope."""
    found = await db.row(_ISSUE_BY_ID, actor.root_id, issue_id, actor.patterns, actor.seller_id)
    if found is None:
        raise NotFound("没有找到这张出库单")
    return _issue(found)


class Delivery(NamedTuple):
    """A goods issue with what its note says about where it goes."""

    issue: GoodsIssue
    address: dict[str, str]
    note: str
    method: str


async def deliveries(actor: Actor, issue_ids: Sequence[int]) -> list[Delivery]:
    """Goods issues inside the scope to be printed, in the order asked; `NotFound` when one of them is not there."""
    found = await db.rows(_ISSUES_BY_ID, actor.root_id, list(issue_ids), actor.patterns, actor.seller_id)
    by_id = {
        item["id"]: Delivery(
            _issue(item), msgspec.json.decode(item["address"] or "{}"), item["order_note"], item["delivery_method"]
        )
        for item in found
    }
    if len(by_id) != len(set(issue_ids)):
        raise NotFound("没有找到这张出库单")
    return [by_id[issue_id] for issue_id in dict.fromkeys(issue_ids)]


async def find_issue(actor: Actor, number: str) -> GoodsIssue:
    """The goods issue that carries a number, as it stands in the barcode of its note."""
    found = await db.row(_ISSUE_BY_NUMBER, actor.root_id, number, actor.patterns, actor.seller_id)
    if found is None:
        raise NotFound("没有找到这张出库单")
    return _issue(found)


async def list_issues(actor: Actor, wanted: IssueFilter) -> tuple[list[GoodsIssue], str | None]:
    """Goods issues of the own org as seller or as buyer, the newest first."""
    found = await db.rows(
        _ISSUE_LISTS[wanted.side],
        actor.root_id,
        actor.org_id,
        [wanted.state] if wanted.state else ["in_transit", "received"],
        paging.id_cursor(wanted.cursor) or MAX_ID,
        wanted.limit + 1,
        actor.patterns,
        actor.seller_id,
    )
    shown, cursor = paging.page(found, wanted.limit)
    return [_issue(item) for item in shown], cursor


async def get_order(actor: Actor, order_id: int) -> Order:
    """One order with lines, goods issues, events and what the reader may do now."""
    asked = (actor.root_id, order_id, actor.patterns, actor.account_id, clock.today(), actor.seller_id)
    head = await db.row(_DETAIL, *asked)
    if head is None:
        raise NotFound("没有找到这张订单")
    lines: list[dict[str, Any]] = msgspec.json.decode(head["lines"])
    issues = []
    if any(line["issued_qty"] for line in lines):
        issues = [_issue(item) for item in await db.rows(_ISSUES_OF, actor.root_id, order_id)]
    left: dict[int, int] | None = None
    if actor.org_id == head["seller_id"]:
        left = await stock.available(actor.root_id, actor.org_id, [line["product_id"] for line in lines])
    return Order(
        **msgspec.structs.asdict(summary(head)),
        address=msgspec.json.decode(head["address"]) if head["address"] else None,
        note=head["note"],
        reason=head["reason"],
        back_order_of=head["back_order_of"],
        lines=[_line(line, left) for line in lines],
        issues=issues,
        events=[_event(item) for item in msgspec.json.decode(head["events"] or "[]")],
        actions=_actions(actor, head, lines, issues),
        approval=await _approval(head, lines if actor.org_id == head["seller_id"] else None),
    )


async def _approval(head: db.Row, lines: Sequence[db.Row] | None) -> OrderApproval | None:
    """The approval of an order; `lines` where the reader may see who decides, and what was proposed."""
    if head["approval_id"] is None:
        return None
    proposal = None if lines is None else proposal_of(head["proposal"], lines)
    steps: list[StepShown] = []
    if lines is not None:
        amount = proposal.amount_fen if proposal else head["total_fen"]
        (steps,) = await progress(head["seller_id"], [{**head, "state": head["approval_state"], "amount_fen": amount}])
    return OrderApproval(
        head["approval_id"],
        head["approval_state"],
        head["step_no"],
        head["decided_by"],
        head["decided_at"],
        proposal,
        steps,
    )


def proposal_of(kept_as: str | None, lines: Sequence[db.Row]) -> Proposal | None:
    """What the first decider proposed about an order with these lines, where the second decision waits."""
    kept = approvals.proposed(kept_as)
    if kept is None:
        return None
    asked = msgspec.json.decode(kept.what, type=Approve)
    given = {line.line_no: line.approved_qty for line in asked.lines or ()}
    granted = [
        ApprovedLine(line["line_no"], line["ordered_qty"] if asked.lines is None else given.get(line["line_no"], 0))
        for line in lines
    ]
    return Proposal(granted, asked.rest, kept.amount_fen, asked.note, kept.by)


def _line(found: db.Row, left: dict[int, int] | None) -> OrderLine:
    available = None if left is None else left.get(found["product_id"], 0)
    taken = msgspec.convert(found["steps"] or [], list[Step])
    explained = steps(found["guide_price_fen"], found["price_fen"], found["ordered_qty"], taken)
    return msgspec.convert({**found, "available_qty": available, "steps": explained}, OrderLine)


def _event(found: db.Row) -> Event:
    return msgspec.convert({**found, "verb_name": VERB_NAMES[found["verb"]]}, Event)


def _actions(actor: Actor, head: db.Row, lines: Sequence[db.Row], issues: list[GoodsIssue]) -> list[str]:
    """The verbs that the state, the party and the permissions allow."""
    state = head["state"]
    seller, buyer = actor.org_id == head["seller_id"], actor.org_id == head["buyer_id"]
    unissued = any(line["approved_qty"] > line["issued_qty"] for line in lines)
    on_way = any(issue.state == "in_transit" for issue in issues)
    decides = seller and actor.may("order.approve") and approvals.may_decide_now(head)
    allowed = {
        "approve": decides,
        "reject": decides,
        "hold": seller and actor.may("order.approve"),
        "resume": seller and actor.may("order.approve"),
        "cancel": (buyer and actor.may("order.cancel"))
        or (seller and state == "approved" and actor.may("order.approve")),
        "issue": seller and unissued and actor.may("order.issue"),
        "receive": (buyer or (seller and not head["buyer_signs"])) and on_way and actor.may("order.receive"),
        "close": seller and not on_way and actor.may("order.approve"),
    }
    now = [verb for verb, may in allowed.items() if may and (state, verb) in TRANSITIONS]
    if buyer and actor.may("order.create"):
        now.append("reorder")
    return now


class Headline(NamedTuple):
    """An order in a few words, for messages."""

    id: int
    root_id: int
    number: str
    state: str
    seller_id: int
    seller_name: str
    seller_kind: str
    buyer_id: int
    buyer_name: str
    buyer_kind: str
    total_fen: int
    approved_fen: int
    line_count: int
    first_product: str
    delivery_method: str
    wished_on: date | None
    reason: str
    note: str
    created_by_name: str
    submitted_at: datetime


_HEADLINE = """
SELECT o.id, o.root_id, o.number, o.state, o.seller_id, s.name AS seller_name, s.kind AS seller_kind, o.buyer_id,
       b.name AS buyer_name, b.kind AS buyer_kind, o.total_fen, o.approved_fen, o.line_count, o.first_product,
       o.delivery_method, o.wished_on, o.reason, o.note, coalesce(a.name, '') AS created_by_name, o.submitted_at
FROM orders o JOIN org s ON s.id = o.seller_id JOIN org b ON b.id = o.buyer_id
LEFT JOIN account a ON a.id = o.created_by
WHERE o.root_id = ANY ($1::bigint[]) AND o.id = ANY ($2::bigint[])
"""


async def headline(root_id: int, order_id: int) -> Headline | None:
    """An order in a few words, for programs that act for the whole brand."""
    return (await headlines([root_id], [order_id])).get((root_id, order_id))


async def headlines(root_ids: Sequence[int], order_ids: Sequence[int]) -> dict[tuple[int, int], Headline]:
    """Orders in a few words, by (brand, order)."""
    found = await db.rows(_HEADLINE, list(root_ids), list(order_ids))
    return {(item["root_id"], item["id"]): Headline(**item) for item in found}


_GOODS = """
SELECT l.line_no, l.product_id, l.ordered_qty, l.packaging_qty, p.name AS product_name, k.name AS packaging_name
FROM order_line l JOIN product p ON p.id = l.product_id JOIN packaging k ON k.id = l.packaging_id
WHERE l.root_id = $1 AND l.order_id = $2
ORDER BY l.line_no
"""


async def goods(root_id: int, order_id: int) -> Sequence[db.Row]:
    """An order's lines with product and packaging names, for programs that act for the whole brand."""
    return await db.rows(_GOODS, root_id, order_id)
