"""Cases to documents: which cases leave with a goods issue, and so whose hand they are in. (S1.4)

A case is in one hand: the brand's until it is bound, then that of the receiver of the last document. Only who has it
can bind it on; the row of the case decides when two do so at once. Unbound is what has not left: while the goods issue
is on its way, the case was not bound on and nobody has scanned it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from server.core import audit, db
from server.core.actor import Actor
from server.core.errors import BusinessError, Forbidden, InvalidInput, NotFound
from server.trace.finding import Found, gather
from server.trace.ranges import text_of
from server.trace.schemas import BoundLine, BoundSpan, Cases, IssueCodes, Refused

MOST = 100_000
"""So many cases in one call."""

_ISSUE = """
SELECT i.id, i.number, i.state, i.seller_id, i.buyer_id, i.issued_at FROM goods_issue i
WHERE i.root_id = $1 AND i.id = $2
  AND ($4 OR i.seller_id = $5 OR EXISTS (SELECT FROM org g WHERE g.id IN (i.buyer_id, i.seller_id)
                                         AND g.path LIKE ANY ($3::text[])))
FOR {lock} OF i
"""

_LINES = """
SELECT l.product_id, p.name AS product_name, l.lot_id, t.code AS lot_code, sum(l.qty)::bigint AS qty
FROM goods_issue_line l JOIN product p ON p.id = l.product_id JOIN lot t ON t.id = l.lot_id
WHERE l.root_id = $1 AND l.issue_id = $2
GROUP BY 1, 2, 3, 4 ORDER BY min(l.line_no)
"""

_HAND = """
INSERT INTO trace_hand (root_id, document_kind, document_id, number, from_id, to_id, at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (root_id, document_kind, document_id) DO UPDATE SET number = excluded.number
RETURNING id
"""

_HAND_OF = "SELECT id FROM trace_hand WHERE root_id = $1 AND document_kind = $2 AND document_id = $3"

_BOUND = """
SELECT r.product_id, c.lot_id, count(*)::int AS cases, (count(*) * r.unit_qty)::bigint AS qty
FROM trace_hand h JOIN trace_code c ON c.root_id = h.root_id AND c.hand_id = h.id
JOIN trace_range r ON r.root_id = c.root_id AND r.id = c.range_id
WHERE h.root_id = $1 AND h.document_kind = $2 AND h.document_id = $3
GROUP BY r.id, r.product_id, r.unit_qty, c.lot_id
"""

_SPANS = """
SELECT r.*, x.first_no, x.last_no FROM (
    SELECT range_id, min(no) AS first_no, max(no) AS last_no FROM (
        SELECT c.range_id, c.no, c.no - row_number() OVER (PARTITION BY c.range_id ORDER BY c.no) AS run
        FROM trace_hand h JOIN trace_code c ON c.root_id = h.root_id AND c.hand_id = h.id
        WHERE h.root_id = $1 AND h.document_kind = $2 AND h.document_id = $3) n
    GROUP BY range_id, run ORDER BY range_id, min(no) LIMIT 500) x
JOIN trace_range r ON r.root_id = $1 AND r.id = x.range_id
ORDER BY r.id, x.first_no
"""

_CASES = "unnest($2::bigint[], $3::bigint[], $4::bigint[]) AS t (range_id, first_no, last_no)"

# What is new is the brand's to bind; what was bound is its holder's. In the order of the key, so that two who bind
# many at once wait for each other and do not stand in each other's way. $5 hand  $6 lots  $7 from  $8 from the brand
_BIND = """
WITH wanted AS (
    SELECT t.range_id, t.lot_id, n.no
    FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $6::bigint[]) AS t (range_id, first_no, last_no, lot_id)
    CROSS JOIN LATERAL generate_series(t.first_no, t.last_no) AS n (no)
), passed AS (
    INSERT INTO trace_code AS c (root_id, range_id, no, hand_id, lot_id, hands)
    SELECT $1, w.range_id, w.no, $5, w.lot_id, ARRAY[$5::bigint] FROM wanted w
    WHERE $8 OR EXISTS (SELECT FROM trace_code k WHERE k.root_id = $1 AND k.range_id = w.range_id AND k.no = w.no)
    ORDER BY w.range_id, w.no
    ON CONFLICT (root_id, range_id, no) DO UPDATE SET hand_id = $5, hands = c.hands || $5::bigint
        WHERE c.lot_id = excluded.lot_id AND c.hand_id <> $5
          AND EXISTS (SELECT FROM trace_hand h WHERE h.root_id = $1 AND h.id = c.hand_id AND h.to_id = $7)
    RETURNING c.range_id, c.no
)
SELECT range_id, no FROM passed
"""

_STAND = f"""
SELECT t.range_id, c.no, c.hand_id, c.lot_id FROM {_CASES}
JOIN trace_code c ON c.root_id = $1 AND c.range_id = t.range_id AND c.no BETWEEN t.first_no AND t.last_no
"""  # noqa: S608 - a constant of this file

_UNBIND = f"""
WITH gone AS (
    SELECT c.range_id, c.no, cardinality(c.hands) AS hands FROM {_CASES}
    JOIN trace_code c ON c.root_id = $1 AND c.range_id = t.range_id AND c.no BETWEEN t.first_no AND t.last_no
    WHERE c.hand_id = $5 AND NOT EXISTS (SELECT FROM trace_scan s WHERE s.root_id = $1 AND s.range_id = c.range_id
                                         AND s.no = c.no AND s.at >= $6)
    ORDER BY 1, 2 FOR UPDATE OF c
), taken AS (
    DELETE FROM trace_code c USING gone g
    WHERE c.root_id = $1 AND c.range_id = g.range_id AND c.no = g.no AND g.hands = 1
), handed_back AS (
    UPDATE trace_code c SET hands = trim_array(c.hands, 1), hand_id = c.hands[cardinality(c.hands) - 1]
    FROM gone g WHERE c.root_id = $1 AND c.range_id = g.range_id AND c.no = g.no AND g.hands > 1
)
SELECT range_id, no FROM gone
"""  # noqa: S608 - a constant of this file

_ARRIVED = """
UPDATE trace_hand SET arrived_at = $4
WHERE root_id = $1 AND document_kind = $2 AND document_id = $3 AND arrived_at IS NULL
"""


class IssueLeft(BusinessError):
    """The goods issue was signed for: its cases stand."""

    status, code, title = 409, "issue_left", "货已签收"


class Passing(NamedTuple):
    """A document by which goods pass from one org to another."""

    kind: str
    id: int
    number: str
    from_id: int
    to_id: int
    at: datetime


class Leaving(NamedTuple):
    """Cases that leave, of one lot."""

    cases: Found
    lot_id: int


class Passed(NamedTuple):
    """What came of binding: cases bound now, cases that this document had already, and what was refused."""

    bound: int
    already: int
    refused: list[Refused]


async def pass_on(actor: Actor, paper: Passing, leaving: Sequence[Leaving]) -> Passed:
    """Let cases pass with a document, inside the caller's transaction; each that is not the giver's is refused."""
    if not leaving:
        return Passed(0, 0, [])
    hand = await db.value(_HAND, actor.root_id, *paper)
    columns = _columns([item.cases for item in leaving])
    lots = [item.lot_id for item in leaving]
    first_hand = paper.from_id == actor.root_id
    done = await db.rows(_BIND, actor.root_id, *columns, hand, lots, paper.from_id, first_hand)
    passed = {(row["range_id"], row["no"]) for row in done}
    wanted = sum(item.cases.size for item in leaving)
    if len(passed) == wanted:
        return Passed(wanted, 0, [])
    stand = {(row["range_id"], row["no"]): row for row in await db.rows(_STAND, actor.root_id, *columns)}
    refused: list[Refused] = []
    already = 0
    for item in leaving:
        case = item.cases
        for no in range(case.first, case.last + 1):
            key = (case.range["id"], no)
            if key in passed:
                continue
            row = stand.get(key)
            if row is not None and row["hand_id"] == hand:
                already += 1
            else:
                refused.append(_not_his(case, no, row, item.lot_id))
    return Passed(len(passed), already, refused)


def _not_his(case: Found, no: int, row: db.Row | None, lot_id: int) -> Refused:
    text = text_of(case.range, no)
    if row is not None and row["lot_id"] != lot_id:
        return Refused(text, "other_lot", "登记的批次和出库的批次不一致")
    return Refused(text, "not_held", "没有登记到您名下，不能从您这里出库")


def _columns(found: Sequence[Found]) -> tuple[list[int], list[int], list[int]]:
    return [item.range["id"] for item in found], [item.first for item in found], [item.last for item in found]


async def arrived(root_id: int, kind: str, document_id: int, at: datetime) -> None:
    """Remember that what passed with a document has come: for documents other than goods issues."""
    await db.run(_ARRIVED, root_id, kind, document_id, at)


async def _issue(actor: Actor, issue_id: int, lock: str) -> db.Row:
    statement = _ISSUE.format(lock=lock)
    found = await db.row(statement, actor.root_id, issue_id, actor.patterns, actor.sees_all, actor.seller_id)
    if found is None:
        raise NotFound("没有找到这张出库单")
    return found


async def _as_seller(actor: Actor, issue_id: int) -> db.Row:
    actor.require("order.issue")
    issue = await _issue(actor, issue_id, "UPDATE")
    if issue["seller_id"] != actor.org_id:
        raise Forbidden("只有供货方可以登记出库的追溯码")
    if issue["state"] != "in_transit":
        raise IssueLeft(f"出库单 {issue['number']} 已经签收，不能再改追溯码")
    return issue


async def _wanted(actor: Actor, given: Cases) -> tuple[list[Found], list[Refused]]:
    cases = await gather(actor.root_id, given.codes, given.spans)
    if sum(item.size for item in cases.found) > MOST:
        raise InvalidInput(f"一次最多登记 {MOST} 件，请分几次")
    return cases.found, cases.refused


async def bind(actor: Actor, issue_id: int, given: Cases) -> IssueCodes:
    """Say which cases leave with a goods issue, one by one or from the first to the last.

    What cannot leave with it is named, the rest is bound; the same again changes nothing.
    """
    async with db.transaction():
        issue = await _as_seller(actor, issue_id)
        found, refused = await _wanted(actor, given)
        lines = await db.rows(_LINES, actor.root_id, issue_id)
        bound = await db.rows(_BOUND, actor.root_id, "goods_issue", issue_id)
        leaving, unfit = fit(found, lines)
        leaving, too_many = room(leaving, lines, bound, await _here(actor, issue_id, leaving))
        paper = Passing(
            "goods_issue", issue_id, issue["number"], issue["seller_id"], issue["buyer_id"], issue["issued_at"]
        )
        passed = await pass_on(actor, paper, leaving)
        if passed.bound:
            facts = {"number": issue["number"], "cases": passed.bound}
            await audit.record(actor, "bind_codes", "goods_issue", issue_id, facts)
        refused += [*unfit, *too_many, *passed.refused]
        return await _shown(actor, issue, passed.bound, passed.already, refused)


async def _here(actor: Actor, issue_id: int, leaving: Sequence[Leaving]) -> set[tuple[int, int]]:
    """Which of these cases are bound to this goods issue already."""
    hand = await db.value(_HAND_OF, actor.root_id, "goods_issue", issue_id)
    if hand is None or not leaving:
        return set()
    known = await db.rows(_STAND, actor.root_id, *_columns([item.cases for item in leaving]))
    return {(row["range_id"], row["no"]) for row in known if row["hand_id"] == hand}


def fit(found: Sequence[Found], lines: Sequence[Mapping[str, Any]]) -> tuple[list[Leaving], list[Refused]]:
    """Which lot of a document each case is of; those without a lot of their own are of the product's only one."""
    lots: dict[int, list[int]] = {}
    for line in lines:
        lots.setdefault(line["product_id"], []).append(line["lot_id"])
    leaving: list[Leaving] = []
    refused: list[Refused] = []
    for item in found:
        own = lots.get(item.range["product_id"], [])
        lot = item.range["lot_id"]
        if not own:
            refused.append(Refused(item.code, "other_product", "单上没有这个商品", item.size))
        elif lot is None and len(own) > 1:
            refused.append(Refused(item.code, "lot_unclear", "这个商品出了几个批次，这批码没有写明批次", item.size))
        elif lot is not None and lot not in own:
            refused.append(Refused(item.code, "other_lot", "单上没有这个批次", item.size))
        else:
            leaving.append(Leaving(item, lot or own[0]))
    return leaving, refused


def room(
    leaving: Sequence[Leaving],
    lines: Sequence[Mapping[str, Any]],
    bound: Sequence[Mapping[str, Any]],
    known: set[tuple[int, int]],
) -> tuple[list[Leaving], list[Refused]]:
    """No more cases than goods leave. What is `known` to be bound to it takes no room a second time."""
    room: Counter[tuple[int, int]] = Counter()
    for line in lines:
        room[line["product_id"], line["lot_id"]] += line["qty"]
    for row in bound:
        room[row["product_id"], row["lot_id"]] -= row["qty"]
    kept: list[Leaving] = []
    refused: list[Refused] = []
    for item in leaving:
        case, key = item.cases, (item.cases.range["product_id"], item.lot_id)
        new = (
            case.size
            if not known
            else sum((case.range["id"], no) not in known for no in range(case.first, case.last + 1))
        )
        if new * case.range["unit_qty"] > room[key]:
            left = max(0, room[key]) // case.range["unit_qty"]
            words = f"超过了出库数量，还能登记 {left} {case.range['pack_name']}"
            refused.append(Refused(case.code, "too_many", words, case.size))
        else:
            room[key] -= new * case.range["unit_qty"]
            kept.append(item)
    return kept, refused


async def unbind(actor: Actor, issue_id: int, given: Cases) -> IssueCodes:
    """Take cases off a goods issue that were bound by mistake, as long as they have not left."""
    async with db.transaction():
        issue = await _as_seller(actor, issue_id)
        found, refused = await _wanted(actor, given)
        hand = await db.value(_HAND_OF, actor.root_id, "goods_issue", issue_id)
        gone: Sequence[db.Row] = ()
        if hand is not None and found:
            gone = await db.rows(_UNBIND, actor.root_id, *_columns(found), hand, issue["issued_at"])
        taken = {(row["range_id"], row["no"]) for row in gone}
        refused += [
            Refused(text_of(item.range, no), "not_bound", "不在这张出库单上，或者已经有人扫过，不能撤回")
            for item in found
            for no in range(item.first, item.last + 1)
            if (item.range["id"], no) not in taken
        ][:500]
        if taken:
            facts = {"number": issue["number"], "cases": len(taken)}
            await audit.record(actor, "unbind_codes", "goods_issue", issue_id, facts)
        return await _shown(actor, issue, len(taken), 0, refused)


async def issue_codes(actor: Actor, issue_id: int) -> IssueCodes:
    """Which cases leave, or have left, with a goods issue."""
    actor.require("order.read")
    async with db.transaction():
        return await _shown(actor, await _issue(actor, issue_id, "KEY SHARE"))


async def _shown(
    actor: Actor, issue: db.Row, changed: int = 0, already: int = 0, refused: Sequence[Refused] = ()
) -> IssueCodes:
    lines = await db.rows(_LINES, actor.root_id, issue["id"])
    bound: Counter[tuple[int, int]] = Counter()
    cases: Counter[tuple[int, int]] = Counter()
    for row in await db.rows(_BOUND, actor.root_id, "goods_issue", issue["id"]):
        bound[row["product_id"], row["lot_id"]] += row["qty"]
        cases[row["product_id"], row["lot_id"]] += row["cases"]
    shown = [
        BoundLine(**line, bound_qty=bound[line["product_id"], line["lot_id"]],
                  cases=cases[line["product_id"], line["lot_id"]])
        for line in lines
    ]  # fmt: skip
    spans = [
        BoundSpan(row["id"], row["product_id"], text_of(row, row["first_no"]), text_of(row, row["last_no"]),
                  row["last_no"] - row["first_no"] + 1)
        for row in await db.rows(_SPANS, actor.root_id, "goods_issue", issue["id"])
    ]  # fmt: skip
    is_open = issue["state"] == "in_transit"
    return IssueCodes(issue["id"], issue["number"], is_open, shown, spans, changed, already, list(refused))
