"""How each fen of a rebate came about: which purchases count, what of them remained, and what each brings."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import typst

from server.core import clock, db
from server.core.actor import Actor
from server.core.errors import NotFound
from server.core.money import yuan
from server.orders.note import font_folders
from server.rebates import progress_queries, terms
from server.rebates.periods import Period
from server.rebates.reading import reckoned, rule_of
from server.rebates.reckoning import Facts, Outcome, shares
from server.rebates.schemas import RebateStatement, StatementEntry, StatementLine, StatementQuery
from server.rebates.views import progress_of

_TEMPLATE = Path(__file__).with_name("statement.typ")
KINDS = {"order": "订单", "transfer": "调拨"}
"""What the documents of purchases are called."""


async def statement(actor: Actor, agreement_id: int, query: StatementQuery) -> RebateStatement:
    """A buyer's period, worked out from the journals as they are now (S2.2); `NotFound` for strangers."""
    found = await progress_queries.one(actor.root_id, agreement_id, query.period_no, query.buyer_id)
    if found is None or not (actor.sees(found["buyer_path"]) or found["seller_id"] == actor.seller_id):
        raise NotFound("没有找到这期返利")
    agreement = await progress_queries.agreement(actor.root_id, agreement_id)
    assert agreement is not None
    period = Period(found["period_no"], found["from_on"], found["until_on"])
    (facts, outcome) = (await reckoned(agreement, [query.buyer_id], [period]))[query.buyer_id, period.no]
    entries = await progress_queries.entries(actor.root_id, agreement_id, period.no, query.buyer_id)
    rule = rule_of(agreement)
    return RebateStatement(
        progress_of(found, outcome),
        outcome.earned_fen,
        rule.cap_fen,
        await _lines(agreement, facts, outcome),
        [StatementEntry(**item) for item in entries],
    )


async def _lines(agreement: db.Row, facts: Facts, outcome: Outcome) -> list[StatementLine]:
    brings = shares(rule_of(agreement), outcome, facts)
    names = await progress_queries.products(agreement["root_id"], sorted({item.product_id for item in facts.lines}))
    shown = []
    for item, fen in zip(facts.lines, brings, strict=True):
        product = names[item.product_id]
        about = (item.kind, item.document_id, item.number, item.day, item.product_id)
        words = (product["code"], product["name"], product["base_unit"])
        shown.append(StatementLine(*about, *words, item.bought, item.qty, item.fen, fen))
    return shown


async def list_lines(actor: Actor, wanted: Any) -> tuple[Sequence[StatementLine], str | None]:
    """The purchases of a statement, for its file: all of them at once."""
    if wanted.cursor is not None:
        return [], None
    found = await statement(actor, wanted.rebate_id, StatementQuery(wanted.buyer_id, wanted.period_no))
    return found.lines, None


def _content(found: RebateStatement) -> dict[str, object]:
    at = found.progress
    return {
        "number": at.number,
        "name": at.name,
        "seller": at.seller.name,
        "buyer": at.buyer.name,
        "period": at.period,
        "days": f"{at.from_on.isoformat()} 至 {at.until_on.isoformat()}",
        "printed": clock.now().astimezone(clock.zone()).strftime("%Y-%m-%d %H:%M"),
        "amount": yuan(at.amount_fen),
        "fen": yuan(at.fen),
        "settled": "尚未结算" if at.settled_fen is None else yuan(at.settled_fen),
        "terms": [
            [term.name or terms.INDICATORS[term.indicator], term.words, term.measured, yuan(term.fen)]
            for term in at.terms
        ],
        "cap": "" if found.cap_fen is None or found.earned_fen <= at.fen else f"每期最高 {yuan(found.cap_fen)}",
        "refused": at.refused,
        "lines": [
            [line.day.isoformat(), line.number, line.product_name, f"{line.qty}{line.base_unit}",
             yuan(line.amount_fen), yuan(line.rebate_fen)]
            for line in found.lines
        ],
        "entries": [
            [entry.at.astimezone(clock.zone()).strftime("%Y-%m-%d"), entry.number,
             "结算" if entry.kind == "settle" else "退货更正", yuan(entry.fen)]
            for entry in found.entries
        ],
    }  # fmt: skip


def _compile(content: str) -> bytes:
    source: Any = _TEMPLATE.read_bytes()
    made = typst.compile(source, font_paths=font_folders(), sys_inputs={"note": content}, ignore_system_fonts=True)
    return bytes(made)


async def printed(found: RebateStatement) -> bytes:
    """The statement to print, made off the event loop."""
    return await asyncio.to_thread(_compile, msgspec.json.encode(_content(found)).decode())
