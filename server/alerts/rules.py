"""Thresholds: what an org wants to be told of, and the defaults that it gives those below it. (S3.1, D2.2)"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from server.alerts.rule_schemas import AlertRule, AlertRuleSet, AlertRuleSetOut, BuiltIn, NamedRule
from server.alerts.words import BUILT_IN
from server.core import audit, clock, db
from server.core.actor import Actor
from server.core.bulk import columns
from server.core.errors import FieldError, InvalidInput, NotFound, StaleVersion

_COLUMNS = """
SELECT r.audience, r.kind, nullif(r.warehouse_id, 0) AS warehouse_id, nullif(r.category_id, 0) AS category_id,
       nullif(r.product_id, 0) AS product_id, r.qty, r.days, coalesce(p.name, c.name, '') AS target,
       coalesce(w.name, '') AS warehouse, o.name AS org_name, coalesce(p.base_unit, '') AS base_unit
FROM alert_rule r JOIN org o ON o.id = r.org_id LEFT JOIN product p ON p.id = r.product_id
LEFT JOIN category c ON c.id = r.category_id LEFT JOIN location w ON w.id = r.warehouse_id
"""
_OWN = (
    _COLUMNS
    + """WHERE r.root_id = $1 AND r.org_id = $2
ORDER BY r.audience, r.product_id > 0, r.category_id > 0, target, r.warehouse_id, r.kind"""
)
_ABOVE = (
    _COLUMNS
    + """
WHERE r.root_id = $1 AND r.audience = $3 AND r.org_id <> $2 AND r.org_id = ANY ($4::bigint[])
ORDER BY array_position($4::bigint[], r.org_id), r.product_id > 0, r.category_id > 0, target, r.kind"""
)
_HEAD = """
SELECT s.version, a.name AS updated_by, s.updated_at FROM alert_rule_set s LEFT JOIN account a ON a.id = s.updated_by
WHERE s.root_id = $1 AND s.org_id = $2
"""
_RAISE = """
INSERT INTO alert_rule_set AS s (root_id, org_id, version, updated_by, updated_at) VALUES ($1, $2, 1, $4, $5)
ON CONFLICT (root_id, org_id) DO UPDATE
    SET version = s.version + 1, updated_by = excluded.updated_by, updated_at = excluded.updated_at
    WHERE s.version = $3
RETURNING version
"""
_UNKNOWN = """
SELECT (SELECT count(*) FROM unnest($3::bigint[]) AS t (id)
        WHERE NOT EXISTS (SELECT FROM location w WHERE w.id = t.id AND w.org_id = $2 AND w.kind = 'warehouse'))
     + (SELECT count(*) FROM unnest($4::bigint[]) AS t (id)
        WHERE NOT EXISTS (SELECT FROM category c WHERE c.id = t.id AND c.root_id = $1))
     + (SELECT count(*) FROM unnest($5::bigint[]) AS t (id)
        WHERE NOT EXISTS (SELECT FROM product p WHERE p.id = t.id AND p.root_id = $1))
"""
_CLEAR = "DELETE FROM alert_rule WHERE root_id = $1 AND org_id = $2"
_WRITE = """
INSERT INTO alert_rule (root_id, org_id, audience, kind, warehouse_id, category_id, product_id, qty, days)
SELECT $1, $2, t.* FROM unnest($3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::int[], $9::int[])
    AS t
"""
# From now on everything is judged by them: the next look is at all of the brand's stock.
_AGAIN = "UPDATE alert_look SET full_on = NULL WHERE root_id = $1"

_LOWER = {"brand": {"own", "dealer", "store"}, "dealer": {"own", "dealer", "store"}, "store": {"own"}}


def _named(found: Sequence[db.Row]) -> list[NamedRule]:
    return [msgspec.convert(dict(item), NamedRule) for item in found]


async def read_rules(actor: Actor) -> AlertRuleSetOut:
    """The thresholds of the own org, and what those above say where it says nothing."""
    actor.require("stock.read")
    head = await db.row(_HEAD, actor.root_id, actor.org_id)
    above = [int(step) for step in reversed(actor.path.strip("/").split("/"))]
    return AlertRuleSetOut(
        version=head["version"] if head else 0,
        rules=_named(await db.rows(_OWN, actor.root_id, actor.org_id)),
        defaults=_named(await db.rows(_ABOVE, actor.root_id, actor.org_id, actor.org_kind, above)),
        built_in=BuiltIn(**BUILT_IN),
        updated_by=head["updated_by"] if head else None,
        updated_at=head["updated_at"] if head else None,
    )


async def set_rules(actor: Actor, wanted: AlertRuleSet) -> None:
    """Set all thresholds of the own org; all stock is judged by them at the next look.

    Raises `StaleVersion` when somebody else changed them since, `InvalidInput` naming each that cannot be, `NotFound`
    for warehouses, categories and products that are not the own ones.
    """
    actor.require("alert.manage")
    _check(actor, wanted.rules)
    async with db.transaction():
        stamp = (actor.root_id, actor.org_id, wanted.version, actor.account_id, clock.now())
        if await db.value(_RAISE, *stamp) is None:
            raise StaleVersion("预警规则刚被别人改过，请刷新后再改")
        named = ("warehouse_id", "category_id", "product_id")
        ids = [[getattr(rule, name) for rule in wanted.rules if getattr(rule, name)] for name in named]
        if await db.value(_UNKNOWN, actor.root_id, actor.org_id, *ids):
            raise NotFound("规则里有仓库、分类或商品不存在，请刷新后再改")
        before = [_told(msgspec.convert(dict(r), AlertRule)) for r in await db.rows(_OWN, actor.root_id, actor.org_id)]
        await db.run(_CLEAR, actor.root_id, actor.org_id)
        await db.run(_WRITE, actor.root_id, actor.org_id, *columns([_row(rule) for rule in wanted.rules], 7))
        await db.run(_AGAIN, actor.root_id)
        after = [_told(rule) for rule in wanted.rules]
        changes = {
            "removed": [rule for rule in before if rule not in after],
            "added": [rule for rule in after if rule not in before],
        }
        await audit.record(actor, "set_alert_rules", "org", actor.org_id, changes)


def _row(rule: AlertRule) -> tuple[Any, ...]:
    target = (rule.warehouse_id or 0, rule.category_id or 0, rule.product_id or 0)
    return (rule.audience, rule.kind, *target, rule.qty, rule.days)


def _told(rule: AlertRule) -> dict[str, Any]:
    """A rule in the audit trail: what it says, without what it leaves open."""
    return {name: item for name, item in msgspec.to_builtins(rule).items() if item is not None}


def _check(actor: Actor, rules: Sequence[AlertRule]) -> None:
    """`InvalidInput` with a pointer to each rule that says two things, nothing that counts, or the same as another."""
    seen: set[tuple[Any, ...]] = set()
    errors = []
    for index, rule in enumerate(rules):
        key = _row(rule)[:5]
        words = "这条规则重复了" if key in seen else _wrong(actor, rule)
        seen.add(key)
        if words:
            errors.append(FieldError(f"/rules/{index}", words))
    if errors:
        raise InvalidInput(f"有 {len(errors)} 条规则填写有误，没有保存", errors)


def _wrong(actor: Actor, rule: AlertRule) -> str | None:
    if rule.audience not in _LOWER[actor.org_kind]:
        return "门店只能设置自己的规则"
    if rule.audience != "own" and rule.warehouse_id:
        return "给下级的默认规则不能指定仓库"
    if rule.category_id and rule.product_id:
        return "分类和商品只能选一个"
    if rule.qty is not None and rule.days is not None:
        return "数量和天数只能填一个"
    if rule.qty is not None and rule.kind not in ("low", "high"):
        return "这里请填天数"
    if rule.days is None and rule.kind in ("cover", "lead"):
        return "请填天数"
    return None
