"""What can be done with order rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from server.core import audit, clock, db
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, InvalidInput, NotFound, StaleVersion
from server.rules import queries
from server.rules.audience import audience_of, rank_of, text_of
from server.rules.queries import RuleRow
from server.rules.schemas import (
    Audience,
    CalendarRule,
    DayChanges,
    GoodsRule,
    MinimumRule,
    NamedGoodsRule,
    RuleSet,
    RuleSetOut,
    SpecialDay,
)


class RulesUnmet(BusinessError):
    """The order does not keep to the seller's rules; `errors` names each and what would."""

    status, code, title = 422, "order_rules", "不符合下单规则"


async def read_rules(actor: Actor) -> RuleSetOut:
    """The order rules of the own org."""
    actor.require("rule.manage")
    head = await queries.rule_set(actor.root_id, actor.org_id)
    found = await queries.all_rules(actor.root_id, actor.org_id)
    days = await queries.days(actor.root_id, actor.org_id, clock.today().replace(month=1, day=1))
    return RuleSetOut(
        version=head["version"] if head else 0,
        minimums=[MinimumRule(_audience(r), r["min_fen"]) for r in found if r["kind"] == "minimum"],
        goods=[_goods(r) for r in found if r["kind"] == "goods"],
        calendars=[_calendar(r) for r in found if r["kind"] == "calendar"],
        days=[SpecialDay(**item) for item in days],
        updated_by=head["updated_by"] if head else None,
        updated_at=head["updated_at"] if head else None,
    )


def _audience(rule: db.Row) -> Audience:
    return audience_of(rule["audience"], rule["buyer_name"] or "")


def _goods(rule: db.Row) -> NamedGoodsRule:
    return NamedGoodsRule(
        _audience(rule),
        rule["product_id"] or None,
        rule["category_id"] or None,
        rule["min_qty"],
        rule["multiple"],
        rule["whole_cases"],
        rule["target_name"],
    )


def _calendar(rule: db.Row) -> CalendarRule:
    cut_off = rule["cut_off"].strftime("%H:%M") if rule["cut_off"] else None
    return CalendarRule(_audience(rule), sorted(rule["weekdays"]), rule["lead_days"], cut_off)


async def save_rules(actor: Actor, wanted: RuleSet) -> int:
    """Set all order rules of the own org; the new version (D1.1, S2.1).

    Raises `StaleVersion` when somebody else changed them since, `InvalidInput` naming each rule that cannot hold,
    `NotFound` for buyers, products and categories that are not the own ones.
    """
    actor.require("rule.manage")
    rows = _rows(wanted)
    async with db.transaction():
        version = await queries.raise_version(
            actor.root_id, actor.org_id, wanted.version, actor.account_id, clock.now()
        )
        if version is None:
            raise StaleVersion("下单规则刚被别人改过，请刷新后再改")
        await _all_known(actor, rows)
        before = [_told(item) for item in await queries.all_rules(actor.root_id, actor.org_id)]
        await queries.replace(actor.root_id, actor.org_id, rows)
        after = [_told(item._asdict()) for item in rows]
        changes = {
            "removed": [rule for rule in before if rule not in after],
            "added": [rule for rule in after if rule not in before],
        }
        await audit.record(actor, "set_order_rules", "org", actor.org_id, changes)
    return version


def _told(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule in the audit trail: what it says, without what it leaves open."""
    names = ("audience", "kind", "product_id", "category_id", "min_fen", "min_qty", "multiple", "whole_cases",
             "weekdays", "cut_off", "lead_days")  # fmt: skip
    told = {name: rule[name] for name in names if rule[name] or name == "lead_days" and rule[name] is not None}
    if "weekdays" in told and isinstance(told["weekdays"], str):
        told["weekdays"] = [int(day) for day in told["weekdays"].strip("{}").split(",")]
    return {**told, **({"cut_off": told["cut_off"].strftime("%H:%M")} if "cut_off" in told else {})}


def _rows(wanted: RuleSet) -> list[RuleRow]:
    """The rules as rows; `InvalidInput` with a pointer to each that says nothing, twice the same, or for nobody."""
    found: dict[tuple[Any, ...], str] = {}
    errors: list[FieldError] = []
    rows: list[RuleRow] = []
    lists: tuple[tuple[str, Sequence[MinimumRule | GoodsRule | CalendarRule]], ...] = (
        ("minimums", wanted.minimums),
        ("goods", wanted.goods),
        ("calendars", wanted.calendars),
    )
    for name, rules in lists:
        for index, rule in enumerate(rules):
            pointer = f"/{name}/{index}"
            problem = _nobody(rule.audience) or (_nothing(rule) if isinstance(rule, GoodsRule) else None)
            row = _row(rule)
            if problem is None and (row.audience, row.kind, row.product_id, row.category_id) in found:
                problem = "和前面的一条重复，请合并"
            if problem is not None:
                errors.append(FieldError(pointer, problem))
            found[row.audience, row.kind, row.product_id, row.category_id] = pointer
            rows.append(row)
    if errors:
        raise InvalidInput(f"有 {len(errors)} 条规则填写有误，没有保存", errors)
    return rows


def _nobody(audience: Audience) -> str | None:
    """Why an audience names nobody."""
    if audience.kind == "buyer":
        return None if audience.buyer_id else "请选择客户"
    if audience.kind == "region":
        fits = audience.key.isascii() and audience.key.isdigit() and len(audience.key) == 6
        return None if fits else "请选择区域（6 位区划代码）"
    return None if audience.kind == "all" or audience.key.strip() else "请填写等级或价格组"


def _nothing(rule: GoodsRule) -> str | None:
    """Why a goods rule asks for nothing, or for two things at once."""
    if rule.product_id and rule.category_id:
        return "商品和分类只能选一个"
    if rule.whole_cases and rule.multiple:
        return "“整箱”和“倍数”只能选一个"
    return None if rule.min_qty or rule.multiple or rule.whole_cases else "请填写起订量或倍数"


def _row(rule: MinimumRule | GoodsRule | CalendarRule) -> RuleRow:
    who = text_of(rule.audience)
    if isinstance(rule, MinimumRule):
        return RuleRow(who, "minimum", 0, 0, rank_of(rule.audience), min_fen=rule.min_fen)
    if isinstance(rule, GoodsRule):
        target = (rule.product_id or 0, rule.category_id or 0)
        rank, whole = rank_of(rule.audience), rule.whole_cases
        return RuleRow(who, "goods", *target, rank, None, rule.min_qty, rule.multiple, whole)
    days = "{" + ",".join(str(day) for day in sorted(set(rule.weekdays))) + "}"
    cut_off = time.fromisoformat(rule.cut_off) if rule.cut_off else None
    return RuleRow(
        who, "calendar", 0, 0, rank_of(rule.audience), weekdays=days, cut_off=cut_off, lead_days=rule.lead_days
    )


async def _all_known(actor: Actor, rows: Sequence[RuleRow]) -> None:
    buyers = [int(row.audience.removeprefix("buyer:")) for row in rows if row.audience.startswith("buyer:")]
    products, categories = [row.product_id for row in rows], [row.category_id for row in rows]
    found = await queries.unknown(
        actor.root_id,
        actor.org_id,
        list(set(buyers)),
        list(set(products) - {0}),
        list(set(categories) - {0}),
    )
    for name, words in (("buyers", "客户"), ("products", "商品"), ("categories", "分类")):
        if found[name]:
            raise NotFound(f"有规则里的{words}没有找到，请重新选择")


async def save_days(actor: Actor, wanted: DayChanges) -> list[SpecialDay]:
    """Close days, open made-up ones, or let days be like their weekday again; all special days of this year on."""
    actor.require("rule.manage")
    named = [item.day for item in wanted.set] + wanted.clear
    if len(set(named)) != len(named):
        raise InvalidInput("同一天出现了两次")
    first = clock.today().replace(month=1, day=1)
    async with db.transaction():
        before = {item["day"]: item for item in await queries.days(actor.root_id, actor.org_id, date.min)}
        await queries.set_days(
            actor.root_id, actor.org_id, [(item.day, item.is_open, item.name) for item in wanted.set], wanted.clear
        )
        days = await queries.days(actor.root_id, actor.org_id, first)
        await audit.record(actor, "set_calendar_days", "org", actor.org_id, _changed_days(wanted, before))
    return [SpecialDay(**item) for item in days]


def _changed_days(wanted: DayChanges, before: Mapping[date, db.Row]) -> dict[str, Any]:
    """Day → [what it was, what it is now]."""

    def words(is_open: bool, name: str) -> str:
        return ("开放" if is_open else "休息") + (f"（{name}）" if name else "")

    def was(day: date) -> str | None:
        known = before.get(day)
        return None if known is None else words(known["is_open"], known["name"])

    now = {item.day: words(item.is_open, item.name) for item in wanted.set} | dict.fromkeys(wanted.clear)
    return {day.isoformat(): [was(day), new] for day, new in now.items() if was(day) != new}


def local(moment: datetime) -> datetime:
    """A moment as the clock on the wall shows it, without its zone: for a statement."""
    return moment.astimezone(clock.zone()).replace(tzinfo=None)
