"""Who may take which step of an approval: conditions for statements, and whom to ask."""

# ruff: noqa: S608 - put together from constants of the program; every value is a parameter

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from server.approvals.steps import DEFAULT, DEFAULT_OF, Step
from server.core import clock, db
from server.identity import holders
from server.identity.roles import PERMISSIONS, ROLE_NAMES

STEP_PERMISSIONS = ("order.approve", "approval.second", "order.over_credit", "credit.manage", "price.manage")
"""The permissions by which a step can be given to people."""

ADMINISTRATORS = "permission:account.manage"
"""Who may take any step, so that none can be stuck; asked where nobody else can be."""


def takes(who: str, alias: str) -> str:
    """The condition that the account under an alias is one of those whom `who` (a column) names, and may decide."""
    named = (*STEP_PERMISSIONS, "account.manage")
    by_permission = " ".join(f"WHEN 'permission:{name}' THEN ({holders.holds(name, alias)})" for name in named)
    return f"""
(({holders.holds("order.approve", alias)}) AND CASE split_part({who}, ':', 1)
    WHEN 'account' THEN {who} = 'account:' || {alias}.id
    WHEN 'role' THEN {alias}.role_id IS NULL AND {who} = 'role:' || {alias}.role
    WHEN 'custom' THEN {who} = 'custom:' || {alias}.role_id
    ELSE CASE {who} {by_permission} ELSE false END END)"""


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    return str(value).lower() if isinstance(value, bool | int) else f"'{value}'"


def steps_of(approval: str) -> str:
    """The steps of the approval under an alias, as a subquery: those of its flow, or the default ones."""
    names = Step.__struct_fields__
    own = f"SELECT {', '.join(names)} FROM approval_step x WHERE x.root_id = {approval}.root_id"
    others = ", ".join(f"'{kind}'" for kind in DEFAULT_OF)
    kinds = [(DEFAULT, f"NOT IN ({others})"), *((steps, f"= '{kind}'") for kind, steps in DEFAULT_OF.items())]
    default = [
        f"SELECT {', '.join(_literal(getattr(step, name)) for name in names)} "
        f"WHERE {approval}.flow_id IS NULL AND {approval}.subject_kind {which}"
        for steps, which in kinds
        for step in steps
    ]
    return "\nUNION ALL ".join([f"{own} AND x.flow_id = {approval}.flow_id", *default])


_ABOVE = "string_to_array(btrim(b.path, '/'), '/')::bigint[]"
"""A buyer `b` and all above it, as its path names them."""

# Accounts that a step can be asked of, in the place of one who is away his substitute; a rep for his dealers only.
_ASKED = f"""
SELECT w.n, c.id, c.name, c.wecom_userid, h.name AS holder_name, ({holders.bound("h")}) AS is_rep,
       ({holders.holds("account.manage", "h")}) AND o.kind = 'brand' AS administers
FROM unnest($2::bigint[], $3::text[]) WITH ORDINALITY AS w (buyer_id, who, n)
JOIN org o ON o.id = $1
JOIN org b ON b.id = w.buyer_id
JOIN account h ON h.org_id = $1 AND h.status = 'active' AND {takes("w.who", "h")}
    AND (NOT ({holders.bound("h")}) OR EXISTS (
        SELECT FROM assignment x WHERE x.account_id = h.id AND x.org_id = ANY ({_ABOVE})))
LEFT JOIN (substitute u JOIN account t ON t.id = u.substitute_id AND t.status = 'active')
    ON u.account_id = h.id AND $4::date BETWEEN u.from_on AND u.until_on
JOIN account c ON c.id = coalesce(t.id, h.id)
ORDER BY w.n, c.id, h.id
"""

_REPS = """
SELECT DISTINCT c.id, c.name, c.wecom_userid
FROM account h JOIN org b ON b.id = $2
LEFT JOIN (substitute u JOIN account t ON t.id = u.substitute_id AND t.status = 'active')
    ON u.account_id = h.id AND $3::date BETWEEN u.from_on AND u.until_on
JOIN account c ON c.id = coalesce(t.id, h.id)
WHERE h.org_id = $1 AND h.status = 'active' AND ({bound}) AND ({holds}) AND EXISTS (
    SELECT FROM assignment x WHERE x.account_id = h.id AND x.org_id = ANY ({above}))
ORDER BY c.id
"""

_HOLDERS = f"""
SELECT w.n, h.id, h.name, EXISTS (
    SELECT FROM substitute u WHERE u.account_id = h.id AND $3::date BETWEEN u.from_on AND u.until_on) AS away
FROM unnest($2::text[]) WITH ORDINALITY AS w (who, n)
JOIN account h ON h.org_id = $1 AND h.status = 'active' AND {takes("w.who", "h")}
ORDER BY w.n, h.id
"""

_NAMES = """
SELECT w.who, coalesce(y.name, a.name) AS name
FROM unnest($2::text[]) AS w (who)
LEFT JOIN role y ON y.org_id = $1 AND w.who = 'custom:' || y.id
LEFT JOIN account a ON a.org_id = $1 AND w.who = 'account:' || a.id
"""


class Want(NamedTuple):
    """A question to be asked: of whom, about which buyer; `reps_first` where the buyer's rep goes before others."""

    buyer_id: int
    who: str
    reps_first: bool = False


class Asked(NamedTuple):
    """Whom a question goes to: accounts with id, name, wecom_userid; `stuck` when only administrators were left."""

    people: Sequence[db.Row]
    stuck: bool


async def asked(org_id: int, wants: Sequence[Want]) -> list[Asked]:
    """Whom to ask each of these questions, in their order: one statement, whatever their number."""
    buyers = list(dict.fromkeys(want.buyer_id for want in wants))
    questions = [*wants, *(Want(buyer, ADMINISTRATORS) for buyer in buyers)]
    found: list[list[db.Row]] = [[] for _ in questions]
    rows = await db.rows(
        _ASKED, org_id, [want.buyer_id for want in questions], [want.who for want in questions], clock.today()
    )
    for row in rows:
        found[row["n"] - 1].append(row)
    last = {buyer: found[len(wants) + n] for n, buyer in enumerate(buyers)}
    return [_chosen(want, found[n], last[want.buyer_id]) for n, want in enumerate(wants)]


def _chosen(want: Want, holding: Sequence[db.Row], administrators: Sequence[db.Row]) -> Asked:
    """The buyer's reps where they go first; else all but a brand's administrators; else whoever holds it."""
    reps = [one for one in holding if one["is_rep"]] if want.reps_first else []
    others = [one for one in holding if not one["administers"] and not (want.reps_first and one["is_rep"])]
    chosen = reps or others or holding
    once = {one["id"]: one for one in chosen or administrators}
    return Asked(list(once.values()), not chosen)


async def holding(org_id: int, whos: Sequence[str]) -> list[Sequence[db.Row]]:
    """Who at an org may take a step given to each of these, whatever the buyer: id, name, away."""
    found: list[list[db.Row]] = [[] for _ in whos]
    for row in await db.rows(_HOLDERS, org_id, list(whos), clock.today()):
        found[row["n"] - 1].append(row)
    return list(found)


async def spoken(org_id: int, whos: Iterable[str]) -> dict[str, str]:
    """What these are called on the screens."""
    wanted = list(dict.fromkeys(whos))
    own = {row["who"]: row["name"] for row in await db.rows(_NAMES, org_id, wanted) if row["name"]}
    return {who: own.get(who) or _built_in(who) for who in wanted}


def _built_in(who: str) -> str:
    kind, _, key = who.partition(":")
    if kind == "permission":
        return f"有“{PERMISSIONS.get(key, key)}”权限的人"
    return ROLE_NAMES.get(key, "") if kind == "role" else "已停用"


async def reps_of(org_id: int, buyer_id: int, permission: str) -> Sequence[db.Row]:
    """Who looks after a buyer and holds a permission, or stands in for him: id, name, wecom_userid."""
    statement = _REPS.format(above=_ABOVE, bound=holders.bound("h"), holds=holders.holds(permission, "h"))
    return await db.rows(statement, org_id, buyer_id, clock.today())
