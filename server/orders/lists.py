"""Lists of orders and what their tabs count, in a time that does not grow with the number of orders.

A list is put together from runs of one index each: a party's orders, or those of one of its states, or of each buyer
inside the scope, the newest first. Of each run no more is read than a page holds, and the newest of all are the page.
So no statement here filters its way through orders that it does not show.
"""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from server.core import clock, db, paging, search, tree
from server.core.actor import Actor
from server.core.errors import FieldError, InvalidInput
from server.core.types import MAX_ID, OrgRef
from server.orders.schemas import OrderFilter, OrderSummary, Side, StateCount
from server.orders.states import STATE_NAMES

COUNTED = 1000
"""A tab counts so far; more is more."""

NEWEST = {False: 500, True: 50}
"""Among how many of the newest orders of a run a text is looked for; fewer where there is a run per buyer."""

STRAYS = 1000
"""So many orders of some days may have numbers of other days."""

NAMED = 50
"""The orders of how many buyers are shown whose name has the text."""

# $1 root  $2 own org  $3 scope  $4 states  $5 from  $6 to  $7 before this id  $8 rows  $9 buyer
# $10 text  $11 the text as a number  $12 rows in which the text is looked for  $13, $14 what it is found by
_GIVEN = """
WITH given AS (
    SELECT $2::bigint, $3::text[], $4::text[], $5::timestamptz, $6::timestamptz, $7::bigint, $9::bigint, $10::text,
           $11::bigint, $12::int, $13::text[], $14::text[]
)"""

_BUYERS = f"""
    SELECT DISTINCT g.id, g.name FROM {tree.below("$3", "o.id, o.name")} WHERE ($9::bigint IS NULL OR g.id = $9)"""

# Buyers by what is known of them: see `core.search`. Who sees the whole brand need not ask where they stand.
_MATCHES = search.matches("x", "$13", "$14")
_NAMED = {
    True: search.hits(
        f"SELECT x.org_id AS key, {_MATCHES} AS hit FROM org_search x WHERE x.root_id = $1 ORDER BY x.org_id",
        f"SELECT x.org_id AS key FROM org_search x WHERE x.root_id = $1 AND {_MATCHES}",
        str(NAMED),
    ),
    False: search.hits(
        f"SELECT b.id AS key, {_MATCHES} AS hit FROM buyers b JOIN org_search x ON x.org_id = b.id ORDER BY b.id",
        f"SELECT x.org_id AS key FROM org_search x WHERE x.org_id IN (SELECT id FROM buyers) AND {_MATCHES}",
        str(NAMED),
    ),
}

# Between which numbers the orders of some days lie, so that nobody reads through all that came since. Numbers are given
# as orders come in, so nearly all lie between those of the first and the last days; an end that is open needs none.
_FIRST = """(SELECT min(id) FROM (
                SELECT o.id FROM orders o WHERE o.root_id = $1 AND o.submitted_at >= e.first
                    AND o.submitted_at <= e.first + interval '7 days' OFFSET 0) o)"""
_LAST = """(SELECT max(id) FROM (
                SELECT o.id FROM orders o WHERE o.root_id = $1 AND o.submitted_at <= e.last
                    AND o.submitted_at >= e.last - interval '7 days' OFFSET 0) o)"""
_NO_FIRST, _NO_LAST = "0::bigint", f"{MAX_ID}::bigint"
# Those whose number lies elsewhere (a clock was wrong, they were brought from another system) are looked up by their
# day, in the index alone. Where they are many, nothing is taken for granted of numbers.
_DAYS = """, near AS MATERIALIZED (
    SELECT {first} AS low,
           {last} AS high
    FROM (SELECT (SELECT o.submitted_at FROM orders o WHERE o.root_id = $1 AND o.submitted_at >= $5
                  ORDER BY o.submitted_at LIMIT 1) AS first,
                 (SELECT o.submitted_at FROM orders o WHERE o.root_id = $1 AND o.submitted_at < $6
                  ORDER BY o.submitted_at DESC LIMIT 1) AS last) e
), strays AS MATERIALIZED (
    SELECT o.id FROM orders o WHERE o.root_id = $1 AND o.submitted_at >= $5 AND o.submitted_at < $6
        AND (o.id < (SELECT low FROM near) OR o.id > (SELECT high FROM near)) LIMIT {strays} + 1
), days AS MATERIALIZED (
    SELECT CASE WHEN s.many THEN {no_first} ELSE n.low END AS low,
           CASE WHEN s.many THEN {no_last} ELSE n.high END AS high
    FROM near n CROSS JOIN (SELECT count(*) > {strays} AS many FROM strays) s
)"""
# The moment itself is asked in a way that no index answers: else all orders of the days would be read, and then sorted.
_ON_DAYS = " AND o.submitted_at + interval '0' >= $5 AND o.submitted_at + interval '0' < $6"
_IN_DAYS = f" AND o.id >= (SELECT low FROM days) AND o.id <= (SELECT high FROM days)\n        {_ON_DAYS}"

_TEXT = """position($10 IN {order}.number) > 0 OR position($10 IN {order}.first_product) > 0
        OR position($10 IN {buyer}.name) > 0"""
_STRAYS_FOUND = f"""
    UNION
    SELECT o.id
    FROM strays x JOIN orders o ON o.root_id = $1 AND o.id = x.id JOIN org y ON y.id = o.buyer_id
    WHERE {{shown}} AND (o.buyer_id IN (SELECT id FROM named) OR {_TEXT.format(order="o", buyer="y")})"""

_PARTY: dict[Side, str] = {"sales": " AND o.seller_id = $2", "purchases": " AND o.buyer_id = $2", "all": ""}

_SHOWN = """
SELECT o.id, o.number, o.state, o.seller_id, s.name AS seller_name, o.buyer_id, b.name AS buyer_name, o.total_fen,
       o.approved_fen, o.issued_fen, o.received_fen, o.line_count, o.first_product, o.delivery_method, o.wished_on,
       o.submitted_at, o.updated_at
FROM hits h
JOIN orders o ON o.root_id = $1 AND o.id = h.id
JOIN org s ON s.id = o.seller_id
JOIN org b ON b.id = o.buyer_id
ORDER BY o.id DESC
LIMIT $8
"""


def _runs(side: Side, by_buyer: bool, by_state: bool, found: str) -> str:
    """What is `found` of each run, in a lateral subquery `h`; sellers have an index of states only."""
    sources = [_BUYERS.join(("(", ") b"))] if by_buyer else []
    condition = "o.root_id = $1" + _PARTY[side] + (" AND o.buyer_id = b.id" if by_buyer else "")
    if by_state or (side == "sales" and not by_buyer):
        sources.append("unnest($4::text[]) AS s (state)")
        condition += " AND o.state = s.state"
    sources.append(f"LATERAL ({found.format(condition)}) h")
    return " CROSS JOIN ".join(sources)


_NEWEST = """
    SELECT o.id, o.number, o.first_product, o.buyer_id FROM orders o
    WHERE {{}} AND o.id < $7{days}
    ORDER BY o.id DESC LIMIT {rows}"""


class Dated(NamedTuple):
    """Whether the days of a list have a first one, and a last one."""

    begin: bool
    end: bool


def _days(dated: Dated) -> str:
    return _DAYS.format(
        first=_FIRST if dated.begin else _NO_FIRST, last=_LAST if dated.end else _NO_LAST, no_first=_NO_FIRST,
        no_last=_NO_LAST, strays=STRAYS,
    )  # fmt: skip


@cache
def list_statement(side: Side, by_buyer: bool, by_state: bool, searched: bool, whole: bool, dated: Dated) -> str:
    """The statement of a list; without a run per buyer everything of the side is inside the scope.

    `whole`: whoever looks sees all buyers of the brand.
    """
    given, days, on_days = (_GIVEN + _days(dated), _IN_DAYS, _ON_DAYS) if any(dated) else (_GIVEN, "", "")
    runs = _runs(side, by_buyer, by_state, _NEWEST.format(days=days, rows="$12" if searched else "$8"))
    in_scope = " AND EXISTS (SELECT FROM buyers b WHERE b.id = o.buyer_id)" if by_buyer else ""
    shown = f"o.state = ANY ($4) AND o.id < $7{_PARTY[side]}{in_scope}"
    if not searched:
        found = f"SELECT h.id FROM {runs} ORDER BY h.id DESC LIMIT $8"
        if not days:
            return f"{given}, hits AS (\n    {found}\n){_SHOWN}"
        strays = f"SELECT o.id FROM strays x JOIN orders o ON o.root_id = $1 AND o.id = x.id WHERE {shown}"
        buyers = f", buyers AS ({_BUYERS}\n)" if by_buyer else ""
        return f"""{given}{buyers}, hits AS (
    SELECT id FROM (({found}) UNION {strays}) found ORDER BY id DESC LIMIT $8
){_SHOWN}"""
    condition = f"o.root_id = $1{_PARTY[side]} AND o.buyer_id = n.id AND o.state = ANY ($4)"
    of_buyer = _NEWEST.format(days=days, rows="$8").format(condition)
    buyer = "b" if by_buyer else "g"
    whose = "" if by_buyer else "CROSS JOIN LATERAL (SELECT name FROM org g WHERE g.id = h.buyer_id OFFSET 0) g"
    return f"""{given}, buyers AS ({_BUYERS}
), named AS (
    WITH {_NAMED[whole and not by_buyer]} SELECT key AS id FROM hits LIMIT {NAMED}
), hits AS (
  SELECT id FROM (
    SELECT h.id FROM {runs} {whose}
    WHERE {_TEXT.format(order="h", buyer=buyer)}
    UNION
    SELECT h.id FROM named n CROSS JOIN LATERAL ({of_buyer}) h
    UNION
    SELECT o.id
    FROM (SELECT $11 AS id UNION SELECT x.id FROM orders x WHERE x.root_id = $1 AND x.number = $10) e
    JOIN orders o ON o.root_id = $1 AND o.id = e.id
    WHERE {shown}{on_days}{_STRAYS_FOUND.format(shown=shown) if days else ""}
  ) found ORDER BY id DESC LIMIT $8
){_SHOWN}"""


@cache
def count_statement(side: Side, by_buyer: bool) -> str:
    """How many orders are in each state, up to `COUNTED`; the order keeps each count on its index."""
    found = "SELECT count(*) AS n FROM (SELECT FROM orders o WHERE {} ORDER BY o.id DESC LIMIT $5) c"
    runs = _runs(side, by_buyer, True, found).replace("$9::bigint IS NULL OR g.id = $9", "true")
    return f"""
WITH given AS (SELECT $2::bigint, $3::text[])
SELECT s.state, least(sum(h.n), $5)::int AS count FROM {runs} GROUP BY 1 HAVING sum(h.n) > 0
"""


def _run_per_buyer(actor: Actor, side: Side) -> bool:
    """Whether the scope is narrower than what the side has."""
    return actor.assigned is not None or (side == "all" and not actor.sees_all)


def _states(text: str | None) -> list[str]:
    states = [item.strip() for item in (text or "").split(",") if item.strip()]
    if any(item not in STATE_NAMES for item in states):
        raise InvalidInput("没有这种订单状态", [FieldError("/state", "没有这种订单状态")])
    return list(dict.fromkeys(states))


def summary(found: db.Row) -> OrderSummary:
    """What a list shows of an order's row."""
    return OrderSummary(
        id=found["id"],
        number=found["number"],
        state=found["state"],
        seller=OrgRef(found["seller_id"], found["seller_name"]),
        buyer=OrgRef(found["buyer_id"], found["buyer_name"]),
        total_fen=found["total_fen"],
        approved_fen=found["approved_fen"],
        issued_fen=found["issued_fen"],
        received_fen=found["received_fen"],
        line_count=found["line_count"],
        first_product_name=found["first_product"],
        delivery_method=found["delivery_method"],
        wished_on=found["wished_on"],
        submitted_at=found["submitted_at"],
        updated_at=found["updated_at"],
    )


async def list_orders(actor: Actor, wanted: OrderFilter) -> tuple[list[OrderSummary], str | None]:
    """Orders of one side inside the scope, the newest first (S2.1, D1.3).

    A text finds whole order numbers, buyers by what their archive is found by, and parts of anything among the newest
    orders.
    """
    states = _states(wanted.state)
    text = (wanted.q or "").strip()
    by_buyer = _run_per_buyer(actor, wanted.side) or wanted.buyer_id is not None
    look = search.look_for(text)
    dated = Dated(wanted.from_ is not None, wanted.to is not None)
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
    found = await db.rows(
        list_statement(wanted.side, by_buyer, bool(states), look is not None, actor.sees_all, dated),
        actor.root_id,
        actor.org_id,
        actor.scope,
        states or list(STATE_NAMES),
        *clock.between(wanted.from_, wanted.to),
        paging.id_cursor(wanted.cursor) or MAX_ID,
        wanted.limit + 1,
        wanted.buyer_id,
        text,
        number,
        max(NEWEST[by_buyer], wanted.limit + 1),
        *(look or (None, None)),
    )
    shown, cursor = paging.page(found, wanted.limit)
    return [summary(item) for item in shown], cursor


async def count_states(actor: Actor, side: Side) -> list[StateCount]:
    """How many orders of one side are in each state; `COUNTED` stands for that many or more."""
    found = await db.rows(
        count_statement(side, _run_per_buyer(actor, side)),
        actor.root_id,
        actor.org_id,
        actor.scope,
        list(STATE_NAMES),
        COUNTED,
    )
    return [StateCount(item["state"], item["count"]) for item in found]
