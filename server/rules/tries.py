"""Trying an order on the rules: which of them would say what."""

from __future__ import annotations

import msgspec

from server.core import clock
from server.core.actor import Actor
from server.core.errors import NotFound
from server.core.money import yuan
from server.rules import queries
from server.rules.audience import words_of
from server.rules.schemas import LineRule, OrderTerms, RuleSaid, Tried, TryOrder
from server.rules.terms import Applying, Line, applying, misfit, terms

_DAYS = "一二三四五六日"


class _Product(msgspec.Struct):
    id: int
    name: str
    base_unit: str


async def try_order(actor: Actor, wanted: TryOrder) -> Tried:
    """What the own org's rules would say to an order of one of its buyers; nothing is written (S2.1)."""
    actor.require("rule.manage")
    product_ids = [line.product_id for line in wanted.lines]
    found = await queries.tried(actor.root_id, actor.org_id, wanted.buyer_id, product_ids)
    if found is None:
        raise NotFound("没有找到这个客户")
    products = {item.id: item for item in msgspec.json.decode(found["products"] or "[]", type=list[_Product])}
    if set(product_ids) - products.keys():
        raise NotFound("没有找到其中的商品")
    lines = [
        Line(line.product_id, products[line.product_id].name, products[line.product_id].base_unit, 1, line.qty)
        for line in wanted.lines
    ]
    rules = await applying(actor.root_id, actor.org_id, wanted.buyer_id, None, product_ids)
    moment = wanted.at or clock.now()
    told = terms(rules, wanted.total_fen, lines, "deliver", wanted.wished_on, moment)
    return Tried(_said(rules, told, lines, found["buyer_name"]), told)


def _said(rules: Applying, told: OrderTerms, lines: list[Line], buyer: str) -> list[RuleSaid]:
    said = []
    if rules.min_fen is not None:
        met = not told.missing_fen
        who = words_of(rules.minimum_for or "all", buyer)
        said.append(RuleSaid("minimum", who, "整单", f"满 {yuan(rules.min_fen)} 起送", met))
    for line in {line.product_id: line for line in lines}.values():
        rule = rules.goods.get(line.product_id)
        if rule is not None:
            said.append(_of_goods(rule, line, sum(x.qty for x in lines if x.product_id == line.product_id), buyer))
    if rules.calendar_for is not None:
        met = not any(finding.code == "day" for finding in told.findings)
        said.append(RuleSaid("calendar", words_of(rules.calendar_for, buyer), "送货", _of_calendar(rules), met))
    return said


def _of_goods(rule: LineRule, line: Line, qty: int, buyer: str) -> RuleSaid:
    least = f"至少 {rule.min_qty} {line.base_unit}" if rule.min_qty else ""
    multiple = f"为 {rule.multiple} 的倍数" if rule.multiple else ""
    says = f"{line.name}：" + "，".join(part for part in (least, multiple) if part)
    return RuleSaid("goods", words_of(rule.audience, buyer), rule.target, says, misfit(rule, line, qty) is None)


def _of_calendar(rules: Applying) -> str:
    days = "".join(_DAYS[day - 1] for day in sorted(rules.calendar.weekdays))
    cut_off = f"，{rules.calendar.cut_off:%H:%M} 截单" if rules.calendar.cut_off else ""
    lead = f"，备货 {rules.calendar.lead_days} 天" if rules.calendar.lead_days else ""
    return f"周{days}送货{cut_off}{lead}"
