"""Whom an agreement is for: the seller's buyers, all or those of a grade, a price group, a region, or of a list."""

from __future__ import annotations

from collections.abc import Sequence

from server.channel.terms import group_name
from server.core import db
from server.core.actor import Actor
from server.core.errors import FieldError, InvalidInput
from server.rebates import queries
from server.rebates.schemas import RebateAudience
from server.regions import service as regions

_WHO = {
    "all": "true",
    "grade": "o.grade = $4",
    "group": "o.price_group = $4",
    "region": "o.region_code LIKE $4 || '%'",
    "list": "o.id IN (SELECT x.buyer_id FROM rebate_party x WHERE x.root_id = $1 AND x.agreement_id = $6)",
    "given": "o.id = ANY ($6::bigint[])",
}
# $1 root  $2 seller  $3 after this buyer  $4 key  $5 rows
_MEMBERS = """
SELECT o.id, o.name FROM org o
WHERE o.root_id = $1 AND o.parent_id = $2 AND o.id > $3 AND $4::text IS NOT NULL AND {who}
ORDER BY o.id LIMIT $5
"""
_COUNT = """
SELECT count(*) FROM org o WHERE o.root_id = $1 AND o.parent_id = $2 AND $4::text IS NOT NULL AND o.id > $3
  AND $5::int IS NOT NULL AND {who}
"""


def _statement(text: str, kind: str) -> str:
    return text.format(who=_WHO[kind])


def _key(kind: str, key: str) -> str:
    return regions.prefix(key) if kind == "region" else key


async def members(agreement: db.Row, after: int, limit: int) -> list[int]:
    """The next buyers of an agreement, by their number."""
    kind = agreement["audience"]
    about = (agreement["root_id"], agreement["seller_id"], after, _key(kind, agreement["audience_key"]), limit)
    more = (agreement["id"],) if kind == "list" else ()
    return [item["id"] for item in await db.rows(_statement(_MEMBERS, kind), *about, *more)]


async def first_of(actor: Actor, wanted: RebateAudience, limit: int) -> tuple[int, Sequence[db.Row]]:
    """How many buyers an audience that is only thought of has, and the first of them."""
    kind = "given" if wanted.kind == "list" else wanted.kind
    about = (actor.root_id, actor.org_id, 0, _key(wanted.kind, wanted.key), limit)
    more = (list(wanted.buyers),) if kind == "given" else ()
    count = int(await db.value(_statement(_COUNT, kind), *about, *more))
    return count, await db.rows(_statement(_MEMBERS, kind), *about, *more)


async def check(actor: Actor, wanted: RebateAudience) -> None:
    """Raise `InvalidInput` for an audience that names nothing, or strangers."""
    if wanted.kind == "list":
        if not wanted.buyers:
            raise InvalidInput("请选择客户", [FieldError("/audience/buyers", "请选择客户")])
        if set(wanted.buyers) - await queries.own_buyers(actor.root_id, actor.org_id, wanted.buyers):
            raise InvalidInput("有的客户不是您的客户", [FieldError("/audience/buyers", "请重新选择")])
    elif wanted.kind == "region" and not regions.known(wanted.key):
        raise InvalidInput("没有这个行政区划", [FieldError("/audience/key", "请重新选择")])
    elif wanted.kind in ("grade", "group") and not wanted.key.strip():
        raise InvalidInput("请填写适用的等级或价格组", [FieldError("/audience/key", "请填写")])


def words_of(agreement: db.Row) -> str:
    """An audience as a person says it."""
    key = agreement["audience_key"]
    kinds = {
        "all": "所有客户",
        "grade": f"等级 {key} 的客户",
        "group": f"价格组 {group_name(key)} 的客户",
        "region": regions.full_name(key) if agreement["audience"] == "region" else "",
        "list": f"指定的 {agreement['parties']} 家客户",
    }
    return kinds[agreement["audience"]]
