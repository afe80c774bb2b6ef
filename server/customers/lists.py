"""Lists of customers by what they are called and by what they have bought.

What somebody bought has no index of its own, so a page looks at so many customers in the order of their names and shows
those that belong; the cursor goes on behind the last one looked at. A page may be short while there is more. (D3.2)
"""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import cache
from typing import Any, NamedTuple

import msgspec

from server.channel.lists import apart
from server.core import clock, db, paging, search, tree
from server.core.actor import Actor
from server.core.errors import InvalidInput
from server.core.types import MAX_ID
from server.customers.schemas import Conditions, CustomerFilter, CustomerRow
from server.customers.segments import find_segment

LOOKED_AT = 1000
"""So many customers a page looks at."""

NEWEST = 400
"""Of each so many orders, the newest."""

COUNTS = "o.state NOT IN ('cancelled', 'rejected')"
# What was signed for counts as signed, what is on its way as issued.
AMOUNT = "CASE WHEN o.state IN ('received', 'closed') THEN o.received_fen ELSE o.issued_fen END"

# $1 root  $2 scope  $3 supplier  $4 rows  $5 $6 after this name and id  $7 $8 text  $9 tags  $10 kinds  $11 grade
# $12 $13 region  $14 ordered since  $15 not ordered since  $16 amounts since  $17 $18 amount from, to
_GIVEN = """given AS (
    SELECT $1::bigint, $2::text[], $3::bigint, $4::int, $5::text, $6::bigint, $7::text[], $8::text[], $9::text[],
           $10::text[], $11::text, $12::text, $13::text, $14::timestamptz, $15::timestamptz, $16::timestamptz,
           $17::bigint, $18::bigint
)"""
_AFTER = ' AND ($6::bigint IS NULL OR (g.sort_name, g.id) > ($5::text COLLATE "C", $6))'
_SOURCES = {
    "whole": "org g WHERE g.root_id = $1 AND g.kind = 'store'",
    "below": f"{tree.below('$2')} WHERE g.kind = 'store'",
    "children": """org g JOIN unnest($2::text[]) AS s (prefix) ON starts_with(g.path, s.prefix)
    WHERE g.parent_id = $3 AND g.kind = 'store'""",
}
_TEXT_HERE = f"(SELECT {search.matches('x', '$7', '$8')} FROM org_search x WHERE x.org_id = g.id)"
_TEXT_ANYWHERE = f"g.id IN (SELECT x.org_id FROM org_search x WHERE {search.matches('x', '$7', '$8')})"

_LAST = f"""
CROSS JOIN LATERAL (SELECT (
    SELECT o.submitted_at FROM orders o WHERE o.root_id = $1 AND o.buyer_id = c.id AND {COUNTS}
    ORDER BY o.id DESC LIMIT 1) AS last_order_at) l
"""
_BOUGHT = f"""
CROSS JOIN LATERAL (
    SELECT count(*)::int AS orders, coalesce(sum({AMOUNT}), 0)::bigint AS amount_fen
    FROM (SELECT * FROM orders x WHERE x.root_id = $1 AND x.buyer_id = c.id ORDER BY x.id DESC LIMIT {NEWEST}) o
    WHERE o.submitted_at >= $16 AND {COUNTS}) b
"""
_FILTERS = {
    "tags": "(SELECT count(*) FROM customer_tag t WHERE t.root_id = $1 AND t.org_id = c.id AND t.tag = ANY ($9)) "
    "= cardinality($9)",
    "store_kinds": "c.store_kind = ANY ($10)",
    "grade": "c.grade = $11",
    "region": "c.region_code ~>=~ $12 AND c.region_code ~<~ $13",
    "ordered_within": "l.last_order_at >= $14",
    "not_ordered_for": "(l.last_order_at IS NULL OR l.last_order_at < $15)",
    "amount_from_fen": "b.amount_fen >= $17",
    "amount_to_fen": "b.amount_fen <= $18",
}
_PURCHASES = {"amount_from_fen", "amount_to_fen"}

_SHOWN = f"""
SELECT h.id, h.name, h.code, h.parent_id, p.name AS parent_name, h.status, h.store_kind, h.grade, h.contact_name,
       h.contact_phone, h.address, h.sort_name, h.last_order_at, b.orders, b.amount_fen, e.looked_at, e.last_name,
       e.last_id,
       EXISTS (SELECT FROM account a WHERE a.org_id = h.id AND a.status = 'active') AS has_account,
       (SELECT json_agg(t.tag ORDER BY t.tag)::text FROM customer_tag t
        WHERE t.root_id = $1 AND t.org_id = h.id) AS tags
FROM ends e LEFT JOIN shown h ON true LEFT JOIN org p ON p.id = h.parent_id
LEFT JOIN LATERAL (SELECT b.* FROM (SELECT h.id) c {_BOUGHT}) b ON true
ORDER BY h.sort_name, h.id
"""


class _Shape(NamedTuple):
    source: str
    searched: bool
    filters: frozenset[str]


@cache
def _statement(shape: _Shape) -> str:
    base = _SOURCES[shape.source] + _AFTER
    order = "ORDER BY g.sort_name, g.id"
    parts = ""
    looked = f"SELECT g.* FROM {base} {order} LIMIT {LOOKED_AT}"
    if shape.searched:
        walk = f"SELECT g.id AS key, {_TEXT_HERE} AS hit FROM {base} {order}"
        parts = search.hits(walk, f"SELECT g.id AS key FROM {base} AND {_TEXT_ANYWHERE}", "$4") + ", "
        found = "hits CROSS JOIN LATERAL (SELECT * FROM org o WHERE o.id = hits.key OFFSET 0) g"
        looked = f"SELECT g.* FROM {found} {order} LIMIT {LOOKED_AT}"
    purchases = _BOUGHT if shape.filters & _PURCHASES else ""
    conditions = " AND ".join(_FILTERS[name] for name in sorted(shape.filters)) or "true"
    # Of a searched list's beginning only the hits were looked at: where they were enough, there may be more behind.
    more = f"(SELECT count(*) = {LOOKED_AT} FROM looked)"
    if shape.searched:
        more += f" OR (SELECT count(*) = {search.WALK} AND count(*) FILTER (WHERE hit) >= $4 FROM walked)"
    return f"""WITH {_GIVEN}, {parts}looked AS MATERIALIZED (
    {looked}
), ends AS (
    SELECT {more} AS looked_at, (SELECT sort_name FROM looked ORDER BY sort_name DESC, id DESC LIMIT 1) AS last_name,
           (SELECT id FROM looked ORDER BY sort_name DESC, id DESC LIMIT 1) AS last_id
), shown AS MATERIALIZED (
    SELECT c.*, l.last_order_at FROM looked c {_LAST} {purchases}
    WHERE {conditions} ORDER BY c.sort_name, c.id LIMIT $4
)
{_SHOWN}"""


def _merged(wanted: CustomerFilter, kept: Conditions) -> Conditions:
    """A segment's conditions, and beside them those of the list."""
    both = msgspec.structs.replace(kept)
    if wanted.tag is not None:
        both.tags = sorted({*kept.tags, wanted.tag})
    if wanted.store_kind is not None:
        both.store_kinds = [wanted.store_kind]
    both.ordered_within = wanted.ordered_within or kept.ordered_within
    both.not_ordered_for = wanted.not_ordered_for or kept.not_ordered_for
    return both


def days_ago(days: int | None) -> datetime | None:
    """The beginning of the business day so many days ago."""
    if days is None:
        return None
    return datetime.combine(clock.today() - timedelta(days=days), time(), clock.zone())


def _cursor(text: str | None) -> tuple[str | None, int | None]:
    key = paging.decode_cursor(text, 2)
    if key is None:
        return None, None
    if not isinstance(key[0], str) or not isinstance(key[1], int) or not 0 < key[1] <= MAX_ID:
        raise InvalidInput("翻页标记无效，请重新打开列表")
    return key[0], key[1]


def _row(found: db.Row) -> CustomerRow:
    fields = {name: found[name] for name in CustomerRow.__struct_fields__}
    fields["tags"] = msgspec.json.decode(found["tags"] or "[]", type=list[str])
    return CustomerRow(**fields)


async def list_customers(actor: Actor, wanted: CustomerFilter) -> tuple[list[CustomerRow], str | None]:
    """The customers inside the scope that belong to a choice, by name; amounts of the choice's days, or of 30."""
    kept = Conditions() if wanted.segment_id is None else (await find_segment(actor, wanted.segment_id)).conditions
    choice = _merged(wanted, kept)
    text = search.look_for(wanted.q)
    source = "children" if wanted.parent_id is not None else "whole" if actor.sees_all else "below"
    filters = frozenset(name for name in _FILTERS if getattr(choice, name) not in (None, []))
    beyond = None if choice.region is None else choice.region + ":"
    values: list[Any] = [
        actor.root_id, apart(actor.scope), wanted.parent_id, wanted.limit + 1, *_cursor(wanted.cursor),
        *(text or (None, None)), choice.tags, choice.store_kinds, choice.grade, choice.region, beyond,
        days_ago(choice.ordered_within), days_ago(choice.not_ordered_for), days_ago(choice.amount_days),
        choice.amount_from_fen, choice.amount_to_fen,
    ]  # fmt: skip
    found = await db.rows(_statement(_Shape(source, text is not None, filters)), *values)
    rows = [item for item in found if item["id"] is not None]
    shown = rows[: wanted.limit]
    if len(rows) > wanted.limit:
        cursor: str | None = paging.encode_cursor(shown[-1]["sort_name"], shown[-1]["id"])
    elif found and found[0]["looked_at"]:
        cursor = paging.encode_cursor(found[0]["last_name"], found[0]["last_id"])
    else:
        cursor = None
    return [_row(item) for item in shown], cursor
