"""Lists of dealers and stores: searched, filtered, sorted, paged, in a time that does not grow with their number.

Who sees the whole brand reads one index in the list's order; where there are filters, its beginning first, and the
filters' own indexes only when that did not give the page (`core/search.py`). Who sees a part reads that part.
(S1.1, D3.1)
"""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

import msgspec

from server.channel.schemas import OrgFilter, OrgRow, Rep
from server.core import clock, db, paging, search, tree
from server.core.actor import Actor
from server.core.errors import InvalidInput, NotFound
from server.core.types import MAX_ID

COUNTED = 10_000
"""A total counts so far; more is more."""

# $1 root  $2 scope  $3 kinds  $4 rows  $5 $6 after this key and id  $7 $8 what a text is found by, then the filters.
_GIVEN = """WITH given AS (
    SELECT $1::bigint, $2::text[], $3::text[], $4::int, $5::text, $6::bigint, $7::text[], $8::text[], $9::bigint,
           $10::text, $11::text, $12::text, $13::text, $14::text, $15::text, $16::text, $17::text, $18::date
)"""

_FILTERS = {
    "grade": "g.grade = $10",
    "price_group": "g.price_group = $11",
    "active": "g.status = 'active' AND $12::text IS NOT NULL",
    "frozen": "g.status = 'frozen' AND $12::text IS NOT NULL",
    "cooperation": "g.cooperation = $13",
    "store_kind": "g.store_kind = $14",
    "region": "g.region_code ~>=~ $15 AND g.region_code ~<~ $16",
    "expiring": "g.papers_until <= $18",
}
_KEYS = {
    "created": ("g.id", "$5::bigint"),
    "name": ("g.sort_name", '$5::text COLLATE "C"'),
    "code": ('g.code COLLATE "C"', '$5::text COLLATE "C"'),
    "expiry": ("g.papers_until", "$5::text::date"),
}

_TEXT_HERE = f"(SELECT {search.matches('x', '$7', '$8')} FROM org_search x WHERE x.org_id = g.id)"
_TEXT_ANYWHERE = f"g.id IN (SELECT x.org_id FROM org_search x WHERE {search.matches('x', '$7', '$8')})"
# Counted, not asked whether it exists, so that it is looked up per org; else all orgs with the tag are gathered before.
_TAG_HERE = "(SELECT count(*) FROM customer_tag t WHERE t.root_id = $1 AND t.org_id = g.id AND t.tag = $17) > 0"
_TAG_ANYWHERE = "g.id IN (SELECT t.org_id FROM customer_tag t WHERE t.root_id = $1 AND t.tag = $17)"

_BELOW = tree.below("$2", condition="o.kind = ANY ($3)")
_CHILDREN = """org g JOIN unnest($2::text[]) AS s (prefix)
    ON g.parent_id = $9 AND g.root_id = $1 AND starts_with(g.path, s.prefix) AND g.kind = ANY ($3)"""
_WHOLE = """unnest($3::text[]) AS k (kind) CROSS JOIN LATERAL (
        SELECT * FROM org o WHERE o.root_id = $1 AND o.kind = k.kind{after} ORDER BY {order} LIMIT {rows}) g"""

_SHOWN = """, shown AS (
    SELECT g.* FROM hits CROSS JOIN LATERAL (SELECT * FROM org o WHERE o.id = hits.key OFFSET 0) g
    ORDER BY {order} LIMIT $4
)
SELECT g.*, (SELECT p.name FROM org p WHERE p.id = g.parent_id) AS parent_name,
       (SELECT json_agg(json_build_object('id', a.id, 'name', a.name) ORDER BY a.id)::text
        FROM assignment x JOIN account a ON a.id = x.account_id WHERE x.org_id = g.id) AS reps,
       (SELECT json_agg(t.tag ORDER BY t.tag)::text FROM customer_tag t
        WHERE t.root_id = $1 AND t.org_id = g.id) AS tags
FROM shown g
ORDER BY {order}
"""


class _Shape(NamedTuple):
    """What a list's statement depends on."""

    source: str  # whole, below, children
    sort: str
    desc: bool
    after: bool
    searched: bool
    filters: frozenset[str]


def _order(shape: _Shape) -> str:
    key, _ = _KEYS[shape.sort]
    way = " DESC" if shape.desc else ""
    return f"g.id{way}" if shape.sort == "created" else f"{key}{way}, g.id{way}"


def _after(shape: _Shape) -> str:
    if not shape.after:
        return ""
    key, given = _KEYS[shape.sort]
    sign = "<" if shape.desc else ">"
    if shape.sort == "created":
        return f" AND g.id {sign} $6"
    return f" AND ({key}, g.id) {sign} ({given}, $6)"


def _whole(shape: _Shape, rows: str, **more: str) -> str:
    inner = {"after": _after(shape), "order": _order(shape), **more}
    return _WHOLE.format(rows=rows, **{name: text.replace("g.", "o.") for name, text in inner.items()})


def _filters(shape: _Shape, anywhere: bool) -> str:
    conditions = [_FILTERS[name] for name in sorted(shape.filters) if name in _FILTERS]
    if "tag" in shape.filters:
        conditions.append(_TAG_ANYWHERE if anywhere else _TAG_HERE)
    if shape.searched:
        conditions.append(_TEXT_ANYWHERE if anywhere else _TEXT_HERE)
    return " AND ".join(conditions) or "true"


def _expiry(shape: _Shape) -> str:
    return " AND g.papers_until IS NOT NULL" if shape.sort == "expiry" else ""


@cache
def _statement(shape: _Shape) -> str:
    """The statement of a list."""
    order, after = _order(shape), _after(shape) + _expiry(shape)
    shown = _SHOWN.format(order=order)
    everything = f"org g WHERE g.root_id = $1 AND g.kind = ANY ($3){after} AND {_filters(shape, True)}"
    if shape.source == "whole" and shape.sort != "expiry":
        if not shape.filters and not shape.searched:
            plain = f"SELECT g.id AS key FROM {_whole(shape, '$4')} ORDER BY {order} LIMIT $4"
            return f"{_GIVEN}, hits AS (\n{plain}){shown}"
        walk = f"SELECT g.id AS key, {_filters(shape, False)} AS hit FROM {_whole(shape, str(search.WALK))}"
        parts = search.hits(f"{walk} ORDER BY {order}", f"SELECT g.id AS key FROM {everything}", "$4")
        return f"{_GIVEN}, {parts}{shown}"
    source = _CHILDREN if shape.source == "children" else _BELOW
    if shape.source == "whole":  # by expiry: the index names those that have one
        source = "org g"
        after += " AND g.root_id = $1 AND g.kind = ANY ($3)"
    narrowed = shape._replace(searched=False)
    base = f"{source} WHERE {_filters(narrowed, False)}{after}"
    if not shape.searched:
        return f"{_GIVEN}, hits AS (\nSELECT g.id AS key FROM {base} ORDER BY {order} LIMIT $4){shown}"
    walk = f"SELECT g.id AS key, {_TEXT_HERE} AS hit FROM {base} ORDER BY {order}"
    parts = search.hits(walk, f"SELECT g.id AS key FROM {base} AND {_TEXT_ANYWHERE}", "$4")
    return f"{_GIVEN}, {parts}{shown}"


@cache
def _count(shape: _Shape) -> str:
    """How many there are, up to `$4`."""
    plain = shape._replace(sort="created", desc=False, after=False)
    conditions = _filters(plain, True)
    if plain.source != "whole":
        source = f"{_CHILDREN if plain.source == 'children' else _BELOW} WHERE {conditions}"
    elif not plain.filters and not plain.searched:
        source = _whole(plain, "$4")
    else:
        source = f"org g WHERE g.root_id = $1 AND g.kind = ANY ($3) AND {conditions}"
    return f"{_GIVEN} SELECT count(*)::int FROM (SELECT FROM {source} LIMIT $4) c"


_ONE = f"""{_GIVEN}, hits AS (
    SELECT g.id AS key FROM org g JOIN unnest($2::text[]) AS s (prefix) ON starts_with(g.path, s.prefix)
    WHERE g.root_id = $1 AND g.id = $9
){_SHOWN.format(order="g.id")}"""


async def one_org(actor: Actor, org_id: int) -> OrgRow:
    """One org inside the scope with its supplier, reps and tags; `NotFound` for a stranger's."""
    nothing: list[Any] = [None] * 9
    found = await db.row(_ONE, actor.root_id, apart(actor.scope), [], 1, None, None, None, None, org_id, *nothing)
    if found is None:
        raise NotFound("没有找到这个客户，或者它不在您的管理范围内")
    return row_of(found, actor)


def narrowed(scope: list[str], wanted: list[str]) -> list[str]:
    """The parts of the tree that lie in both; none of them inside another."""
    both = {one if one.startswith(other) else other for one in scope for other in wanted
            if one.startswith(other) or other.startswith(one)}  # fmt: skip
    return apart(sorted(both))


def apart(prefixes: list[str]) -> list[str]:
    """Without those that lie inside another, so that nothing is listed twice."""
    kept: list[str] = []
    for prefix in sorted(prefixes):
        if not kept or not prefix.startswith(kept[-1]):
            kept.append(prefix)
    return kept


async def scope_of(actor: Actor, rep_id: int | None) -> list[str]:
    """The parts of the tree in which is listed; for a rep's, those that he looks after."""
    if rep_id is None:
        return apart(actor.scope)
    found = await db.rows(
        "SELECT d.path FROM assignment x JOIN org d ON d.id = x.org_id WHERE x.account_id = $1 AND x.root_id = $2",
        rep_id,
        actor.root_id,
    )
    return narrowed(actor.scope, [item["path"] for item in found])


def _cursor(wanted: OrgFilter) -> tuple[str | None, int | None]:
    key = paging.decode_cursor(wanted.cursor, 2)
    if key is None:
        return None, None
    good = isinstance(key[0], str) and len(key[0]) < 2000 and isinstance(key[1], int) and 0 < key[1] <= MAX_ID
    if not good or (wanted.sort == "expiry" and not _is_day(key[0])):
        raise InvalidInput("翻页标记无效，请重新打开列表")
    return key[0], key[1]


def _is_day(text: str) -> bool:
    return len(text) == 10 and text[4] == text[7] == "-" and text.replace("-", "").isdigit()


def _values(actor: Actor, wanted: OrgFilter, scope: list[str], rows: int) -> list[Any]:
    text = search.look_for(wanted.q)
    kinds = [wanted.kind] if wanted.kind else ["brand", "dealer", "store"]
    until = None if wanted.expiring is None else clock.today() + timedelta(days=wanted.expiring)
    beyond = None if wanted.region is None else wanted.region + ":"  # the sign after the digits
    return [
        actor.root_id, scope, kinds, rows, *_cursor(wanted), *(text or (None, None)), wanted.parent_id, wanted.grade,
        wanted.price_group, wanted.status, wanted.cooperation, wanted.store_kind, wanted.region, beyond, wanted.tag,
        until,
    ]  # fmt: skip


def _shape(actor: Actor, wanted: OrgFilter) -> _Shape:
    whole = actor.sees_all and wanted.rep_id is None
    source = "children" if wanted.parent_id is not None else "whole" if whole else "below"
    names = ("grade", "price_group", "cooperation", "store_kind", "region", "expiring", "tag")
    filters = {name for name in names if getattr(wanted, name) is not None}
    if wanted.status is not None:
        filters.add(wanted.status)  # as a word of the statement, so that the index of the frozen ones is used
    searched = search.look_for(wanted.q) is not None
    return _Shape(source, wanted.sort, wanted.desc, bool(wanted.cursor), searched, frozenset(filters))


def row_of(found: db.Row, actor: Actor) -> OrgRow:
    """An org's row as a list shows it; what its supplier notes about it is not for its own eyes."""
    fields = {name: found[name] for name in OrgRow.__struct_fields__ if name in found}
    own = found["id"] == actor.org_id
    return OrgRow(
        **fields
        | {
            "reps": msgspec.json.decode(found["reps"] or "[]", type=list[Rep]),
            "tags": [] if own else msgspec.json.decode(found["tags"] or "[]", type=list[str]),
            "parent_name": found["parent_name"] or "",
            "note": "" if own else found["note"],
        }
    )


def _key(found: db.Row, sort: str) -> str:
    column = {"created": "id", "name": "sort_name", "code": "code", "expiry": "papers_until"}[sort]
    return str(found[column])


async def list_orgs(actor: Actor, wanted: OrgFilter) -> tuple[list[OrgRow], str | None, int | None]:
    """Dealers and stores inside the scope; the cursor of the next page, and the total where it was asked for."""
    scope, shape = await scope_of(actor, wanted.rep_id), _shape(actor, wanted)
    found = await db.rows(_statement(shape), *_values(actor, wanted, scope, wanted.limit + 1))
    shown = found[: wanted.limit]
    more = len(found) > wanted.limit
    cursor = paging.encode_cursor(_key(shown[-1], wanted.sort), shown[-1]["id"]) if more else None
    total = None
    if wanted.total:
        first = msgspec.structs.replace(wanted, cursor=None)
        total = await db.value(_count(shape), *_values(actor, first, scope, COUNTED))
    return [row_of(item, actor) for item in shown], cursor, total
