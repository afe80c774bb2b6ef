"""Goods outside the authority of the dealer that they were sold to: opened once, worked through to a decision. (S1.4)

open → taken → decided, as `_NEXT` says; the dealer states its side before the decision. A decision that counts leaves
dealer, day and weight for the assessment (S1.5).
"""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from server.core import audit, clock, db, files, live
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, Forbidden, InvalidInput, NotFound
from server.core.outbox import announce
from server.territory import reach
from server.trace.diversion_schemas import Consequence, Question, Ruling, Statement
from server.trace.ways import Way

WEIGHTS: dict[Consequence, int] = {"none": 1, "warning": 1, "penalty": 2, "policy_stop": 3}
"""How much a confirmed case counts in the assessment, by its consequence."""

STATES = {"open": "待受理", "taken": "处理中", "decided": "已判定"}
VERDICTS = {"confirmed": "确认窜货", "not_diversion": "不是窜货", "explained": "情况属实，予以说明"}
CONSEQUENCES = {"none": "不处理", "warning": "警告", "penalty": "罚款", "policy_stop": "停止享受政策"}

# A case that turned up in a region before belongs to the diversion of then, also when that is decided.
_BEFORE = """
SELECT s.diversion_id FROM trace_scan s
WHERE s.root_id = $1 AND s.range_id = $2 AND s.no = $3 AND s.region_code = $4 AND s.diversion_id IS NOT NULL
ORDER BY s.id LIMIT 1
"""
_GROW = "UPDATE diversion SET evidence = evidence + 1, last_at = greatest(last_at, $3) WHERE root_id = $1 AND id = $2"

# Two at once: one opens the case, the other waits for it and adds to it.
_OPEN = """
INSERT INTO diversion AS d (id, root_id, number, kind, dealer_id, subject, region_code, product_id, opened_at, last_at,
                            counted_on)
SELECT n.id, $1, $2 || lpad(n.id::text, greatest(5, length(n.id::text)), '0'), $3, $4, $5, $6, $7, $8, $8, $9
FROM (SELECT nextval('diversion_id_seq') AS id) n
ON CONFLICT (root_id, dealer_id, subject, region_code) WHERE state <> 'decided'
    DO UPDATE SET evidence = d.evidence + 1, last_at = greatest(d.last_at, excluded.last_at)
RETURNING id, number, evidence = 1 AS is_new
"""

_SHOWN = """
SELECT d.*, g.name AS dealer_name, g.path, g.lat, g.lng, p.name AS product_name, t.name AS taken_by_name,
       s.name AS stated_by_name, c.name AS decided_by_name
FROM diversion d JOIN org g ON g.id = d.dealer_id JOIN product p ON p.id = d.product_id
LEFT JOIN account t ON t.id = d.taken_by LEFT JOIN account s ON s.id = d.stated_by
LEFT JOIN account c ON c.id = d.decided_by
WHERE d.root_id = $1 AND d.id = $2
"""
_ONE = _SHOWN + " AND g.path LIKE ANY ($3::text[])"
_LOCKED = _ONE + " FOR UPDATE OF d"

_CHANGE = "UPDATE diversion SET {columns} WHERE root_id = $1 AND id = $2"

# Which issues of a dealer go to a buyer outside, and with which products: asked in one statement with every goods issue
# of a dealer, answered mostly with nothing. An org or an order without a region is outside of nothing.
# $1 root  $2 issue  $3 day
_OUTSIDE = f"""
WITH RECURSIVE sold AS (
    SELECT i.seller_id, i.buyer_id, i.number, i.issued_at, p.id AS product_id, p.category_id, a.code AS region_code
    FROM goods_issue i JOIN orders o ON o.root_id = i.root_id AND o.id = i.order_id
    JOIN org b ON b.id = i.buyer_id
    JOIN goods_issue_line l ON l.root_id = i.root_id AND l.issue_id = i.id
    JOIN product p ON p.id = l.product_id
    CROSS JOIN LATERAL (SELECT coalesce(nullif(o.address ->> 'region_code', ''), nullif(b.region_code, ''))
                               COLLATE "C" AS code) a
    WHERE i.root_id = $1 AND i.id = $2 AND a.code IS NOT NULL
), line AS (
    SELECT DISTINCT category_id, category_id AS up FROM sold
    UNION SELECT x.category_id, c.parent_id FROM line x JOIN category c ON c.id = x.up WHERE c.parent_id IS NOT NULL
), held AS MATERIALIZED (
    SELECT a.region_code, a.category_id FROM authority a
    WHERE a.root_id = $1 AND a.org_id = (SELECT seller_id FROM sold LIMIT 1) AND {reach.held_on("a", "$3")}
)
SELECT seller_id, buyer_id, number, issued_at, region_code, min(product_id) AS product_id FROM sold s
WHERE {reach.outside("held", "s.region_code", "SELECT up FROM line WHERE line.category_id = s.category_id")}
GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608 - put together from constants of the program

ASK_AGAIN = timedelta(hours=24)
"""A dealer is asked to state its side no more than once in so long."""

_ISSUE = """
INSERT INTO diversion_issue (root_id, diversion_id, issue_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
"""


NAMES_FILE = "SELECT FROM diversion d WHERE d.root_id = f.root_id AND f.id = ANY (d.statement_photo_ids)"


class DiversionState(BusinessError):
    """The case stands elsewhere: somebody has taken or decided it already."""

    status, code, title = 409, "diversion_state", "窜货单状态已变化"


async def scanned_outside(actor: Actor, way: Way, region_code: str, at: datetime) -> int:
    """A case turned up where its dealer has no authority: the diversion that it belongs to, opened or grown.

    What came with one document and turned up in one region is one diversion, however many cases and scans.
    """
    case, sold = way.case, way.dealer
    assert sold is not None
    before = await db.value(_BEFORE, actor.root_id, case.range["id"], case.first, region_code)
    if before is not None:
        await db.run(_GROW, actor.root_id, before, at)
        return int(before)
    subject = f"hand:{sold['id']}"
    goods = int(case.range["product_id"])
    return await _open(actor, "scan", sold["to_id"], sold["to_path"], subject, region_code, goods, at)


async def issued(actor: Actor, issue_id: int) -> None:
    """A dealer's goods issue to a buyer outside his authority is a diversion too; told by the hook of orders."""
    if actor.org_kind != "dealer":
        return
    moment = clock.now()
    for sold in await db.rows(_OUTSIDE, actor.root_id, issue_id, clock.today()):
        subject = f"buyer:{sold['buyer_id']}"
        case_id = await _open(
            actor, "order", sold["seller_id"], actor.path, subject, sold["region_code"], sold["product_id"], moment
        )
        await db.run(_ISSUE, actor.root_id, case_id, issue_id, moment)


async def _open(
    actor: Actor, kind: str, dealer_id: int, path: str, subject: str, region_code: str, product_id: int, at: datetime
) -> int:
    day = at.astimezone(clock.zone()).date()
    prefix = f"CH{day:%y%m%d}"
    found = await db.row(_OPEN, actor.root_id, prefix, kind, dealer_id, subject, region_code, product_id, at, day)
    assert found is not None
    if found["is_new"]:
        facts = {"number": found["number"], "kind": kind, "dealer_id": dealer_id, "region_code": region_code}
        await audit.record(actor, "open", "diversion", found["id"], facts)
        await announce(actor.root_id, "diversion.opened", found["id"], {"number": found["number"]})
        await live.tell([actor.root_id, dealer_id], path, "diversion", {"id": found["id"], "state": "open"})
    return int(found["id"])


async def find(actor: Actor, diversion_id: int) -> db.Row | None:
    """A case inside the scope."""
    return await db.row(_ONE, actor.root_id, diversion_id, actor.patterns)


async def facts_of(root_id: int, diversion_id: int) -> db.Row | None:
    """A case as it stands, for who tells others of it."""
    return await db.row(_SHOWN, root_id, diversion_id)


async def _lock(actor: Actor, diversion_id: int) -> db.Row:
    found = await db.row(_LOCKED, actor.root_id, diversion_id, actor.patterns)
    if found is None:
        raise NotFound("没有找到这张窜货单")
    return found


def _still(case: db.Row, *states: str) -> None:
    """The case is in one of these states, or a refusal says who did what."""
    if case["state"] in states:
        return
    if case["state"] == "decided":
        when = case["decided_at"].astimezone(clock.zone()).strftime("%m-%d %H:%M")
        who = case["decided_by_name"] or "系统"
        raise DiversionState(f"{who}已于 {when} 判定：{VERDICTS[case['verdict']]}", state=case["state"])
    raise DiversionState(f"{case['taken_by_name']}已经在处理", state=case["state"])


async def _write(actor: Actor, case: db.Row, verb: str, values: Mapping[str, Any]) -> None:
    columns = ", ".join(f"{name} = ${n}" for n, name in enumerate(values, 3))
    await db.run(_CHANGE.format(columns=columns), actor.root_id, case["id"], *values.values())
    shown = {name: item for name, item in values.items() if not isinstance(item, datetime | date)}
    await audit.record(actor, verb, "diversion", case["id"], {"number": case["number"], **shown})
    await announce(actor.root_id, f"diversion.{verb}", case["id"], {"by": actor.account_id, "by_name": actor.name})
    state = values.get("state", case["state"])
    await live.tell([actor.root_id, case["dealer_id"]], case["path"], "diversion", {"id": case["id"], "state": state})


async def take(actor: Actor, diversion_id: int) -> None:
    """“我来处理”: the case is this person's from now on. Taking one's own again changes nothing."""
    actor.require("diversion.handle")
    async with db.transaction():
        case = await _lock(actor, diversion_id)
        if case["state"] == "taken" and case["taken_by"] == actor.account_id:
            return
        _still(case, "open")
        await _write(actor, case, "take", {"state": "taken", "taken_by": actor.account_id, "taken_at": clock.now()})


async def ask(actor: Actor, diversion_id: int, question: Question) -> None:
    """Ask the dealer to state its side before the decision, once a day at most; what is asked comes as a notice."""
    actor.require("diversion.handle")
    async with db.transaction():
        case = await _lock(actor, diversion_id)
        _still(case, "open", "taken")
        before = await asked(actor.root_id, diversion_id)
        if before is not None and before.at > clock.now() - ASK_AGAIN:
            when = before.at.astimezone(clock.zone()).strftime("%m-%d %H:%M")
            raise DiversionState(f"{before.account_name or '系统'}已于 {when} 请{case['dealer_name']}说明，请等待回复")
        facts = {"number": case["number"], "question": question.text}
        await audit.record(actor, "ask", "diversion", diversion_id, facts)
        await announce(actor.root_id, "diversion.ask", diversion_id, {"text": question.text})
        told = {"id": diversion_id, "state": case["state"]}
        await live.tell([actor.root_id, case["dealer_id"]], case["path"], "diversion", told)


async def asked(root_id: int, diversion_id: int) -> audit.Last | None:
    """When the dealer was last asked, and by whom."""
    return await audit.last(root_id, "ask", "diversion", diversion_id)


async def decide(actor: Actor, diversion_id: int, ruling: Ruling) -> None:
    """End a case: confirmed with its consequence, not diversion, or explained; a rep those that no other has taken.

    A penalty is noted here and settled elsewhere; what a confirmed case counts is kept for the assessment.
    """
    actor.require("diversion.handle")
    _check(ruling)
    async with db.transaction():
        case = await _lock(actor, diversion_id)
        _still(case, "open", "taken")
        if actor.assigned is not None and case["taken_by"] not in (None, actor.account_id):
            raise DiversionState(f"{case['taken_by_name']}已经在处理，请由他判定", state=case["state"])
        moment = clock.now()
        confirmed = ruling.verdict == "confirmed"
        values = {
            "state": "decided",
            "verdict": ruling.verdict,
            "consequence": ruling.consequence,
            "penalty_fen": ruling.penalty_fen,
            "reason": ruling.reason,
            "weight": WEIGHTS[ruling.consequence] if confirmed else 0,
            "taken_by": case["taken_by"] or actor.account_id,
            "taken_at": case["taken_at"] or moment,
            "decided_by": actor.account_id,
            "decided_at": moment,
        }
        await _write(actor, case, "decide", values)


def _check(ruling: Ruling) -> None:
    if ruling.verdict != "confirmed" and ruling.consequence != "none":
        raise InvalidInput("只有确认窜货才能处理", [FieldError("/consequence", "只用于确认窜货")])
    if (ruling.consequence == "penalty") != (ruling.penalty_fen > 0):
        raise InvalidInput("请填写罚款金额", [FieldError("/penalty_fen", "罚款时填写，其他处理不填")])


async def state_side(actor: Actor, diversion_id: int, said: Statement) -> None:
    """The dealer states its side, with photos, as often as it likes until the decision."""
    actor.require("diversion.state")
    async with db.transaction():
        if said.photo_ids and not await files.are_own(actor, said.photo_ids):
            raise InvalidInput("有照片没有上传成功，请重新拍照", [FieldError("/photo_ids", "请重新上传")])
        case = await _lock(actor, diversion_id)
        if case["dealer_id"] != actor.org_id:
            raise Forbidden("只有涉及的经销商可以说明情况")
        _still(case, "open", "taken")
        values = {
            "statement": said.text,
            "statement_photo_ids": said.photo_ids,
            "stated_by": actor.account_id,
            "stated_at": clock.now(),
        }
        await _write(actor, case, "state", values)
