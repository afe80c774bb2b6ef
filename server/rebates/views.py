"""Agreements and progress as they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from server.approvals import service as approvals
from server.channel.service import find_org
from server.core import clock, db, paging
from server.core.actor import Actor
from server.core.errors import InvalidInput, NotFound
from server.core.types import MAX_ID, OrgRef
from server.rebates import audience, progress_queries, queries, terms
from server.rebates.periods import Period, name_of, periods
from server.rebates.reading import facts_of, read, rule_of
from server.rebates.reckoning import Outcome, missing_words, reckon
from server.rebates.schemas import (
    NewRebate,
    PeriodOut,
    PreviewBuyer,
    ProgressFilter,
    ProgressList,
    RebateAudience,
    RebateFilter,
    RebateList,
    RebateOut,
    RebatePreview,
    RebateProgress,
    RebateSummary,
    TermProgress,
    TermWords,
)
from server.rebates.terms import Rule

PREVIEWED, SHOWN = 500, 10
"""A preview reckons so many buyers, and shows so many of them."""

_LAST = (date(9000, 1, 1), MAX_ID, 2**31 - 1)


def _summary(item: db.Row) -> dict[str, object]:
    """What a list and a page show of an agreement."""
    rule = rule_of(item)
    same = {name: item[name] for name in ("id", "number", "name", "every", "from_on", "until_on", "state", "made_at")}
    return {
        **same,
        "seller": OrgRef(item["seller_id"], item["seller_name"]),
        "audience": audience.words_of(item),
        "terms": [TermWords(term.name, terms.words(term)) for term in rule.terms],
        "settled_fen": item["settled_fen"],
        "running_fen": item["running_fen"],
        "made_by": item["made_by_name"],
    }


async def list_rebates(actor: Actor, wanted: RebateFilter) -> RebateList:
    """Agreements of the own org as the seller, or of those below, the newest first."""
    before = paging.id_cursor(wanted.cursor) or MAX_ID
    found = await queries.page(actor, wanted.whose, wanted.state, before, wanted.limit + 1)
    shown, cursor = paging.page(found, wanted.limit)
    return RebateList([msgspec.convert(_summary(item), RebateSummary) for item in shown], cursor)


async def get_rebate(actor: Actor, agreement_id: int) -> RebateOut:
    """One agreement with all that it says; a buyer sees its terms, and nothing of what others have reached."""
    found = await queries.one(actor, agreement_id, clock.today())
    if found is None:
        raise NotFound("没有找到这份返利协议")
    rule = rule_of(found)
    sells = actor.sees(found["seller_path"])
    buyers = await queries.parties(actor.root_id, agreement_id) if sells else ()
    products = sorted({item for term in rule.terms for item in term.goods.products})
    categories = sorted({item for term in rule.terms for item in term.goods.categories})
    names = await queries.names(actor.root_id, products, categories)
    own = found["seller_id"] == actor.org_id
    summary = _summary(found)
    if not sells:
        summary |= {"settled_fen": 0, "running_fen": 0, "made_by": ""}
    named: dict[str, list[OrgRef]] = {"product": [], "category": []}
    for item in names:
        named[item["kind"]].append(OrgRef(item["id"], item["name"]))
    return msgspec.convert(
        {
            **summary,
            **{name: found[name] for name in ("note", "confirmed", "version", "ending", "approval_id")},
            "rule": rule,
            "target": RebateAudience(found["audience"], found["audience_key"], [item["id"] for item in buyers]),
            "buyers": [OrgRef(item["id"], item["name"]) for item in buyers],
            "goods": named["product"],
            "categories": named["category"],
            "periods": await _periods(found) if sells else [],
            "own": own,
            "decides": own and approvals.may_decide_now({**found, "id": found["approval_id"] or 0}),
        },
        RebateOut,
    )


async def _periods(found: db.Row) -> list[PeriodOut]:
    """The periods of an agreement with what they come to."""
    known = await queries.periods(found["root_id"], found["id"])
    shown = []
    for period in periods(found["every"], found["from_on"], found["until_on"]):
        at = known.get(period.no)
        figures = (
            (at["buyers"], at["fen"], at["amount_fen"], at["state"], at["settled"], at["settled_fen"])
            if at else (0, 0, 0, "future", 0, 0)
        )  # fmt: skip
        shown.append(PeriodOut(period.no, name_of(found["every"], period), period.from_on, period.until_on, *figures))
    return shown


def progress_of(item: db.Row, outcome: Outcome | None = None) -> RebateProgress:
    """A buyer's period as it is shown; with `outcome` as the journals say now, else as of the last accrual."""
    rule: Rule = rule_of(item)
    now = outcome or msgspec.json.decode(item["outcome"], type=Outcome)
    shown = []
    for term, found in zip(rule.terms, now.terms, strict=True):
        measured = terms.measured(term, found.measure)
        if term.indicator == "growth":
            measured = f"同期的 {terms.share(found.measure + terms.ALL)}" if found.compared else "没有同期"
        steps = [step.reach for step in term.steps]
        step_words = [terms.given(term, step.value) if step.value else "达标" for step in term.steps]
        missing = "" if item["settled_fen"] is not None else missing_words(term, found)
        shown.append(
            TermProgress(
                term.name, terms.words(term), term.indicator, found.measure, measured, found.step, steps, step_words,
                found.fen, term.must, found.missing, missing,
            )
        )  # fmt: skip
    period = Period(item["period_no"], item["from_on"], item["until_on"])
    return RebateProgress(
        item["agreement_id"], item["number"], item["name"], OrgRef(item["seller_id"], item["seller_name"]),
        OrgRef(item["buyer_id"], item["buyer_name"]), item["period_no"], name_of(item["every"], period),
        item["from_on"], item["until_on"], now.amount_fen, now.fen, now.refused, shown,
        clock.now() if outcome else item["as_of"], item["settled_fen"], item["settled_at"],
    )  # fmt: skip


async def list_progress(actor: Actor, wanted: ProgressFilter) -> ProgressList:
    """How buyers stand: in an agreement the latest period and the newest buyers first, or one buyer (the own org, if
    none is named) in all of his."""
    if wanted.rebate_id is not None:
        after = _after(wanted.cursor)
        which = (wanted.rebate_id, wanted.period_no, wanted.buyer_id)
        found = await progress_queries.of_agreement(actor, which, wanted.show, after, wanted.limit + 1)
        shown = list(found[: wanted.limit])
        last = shown[-1] if len(found) > wanted.limit else None
        cursor = paging.encode_cursor(last["period_no"], last["buyer_id"]) if last else None
    else:
        buyer_id = actor.org_id if wanted.buyer_id is None else (await find_org(actor, wanted.buyer_id)).id
        found = await progress_queries.of_buyer(actor, buyer_id, wanted.show, _before(wanted.cursor), wanted.limit + 1)
        shown = list(found[: wanted.limit])
        last = shown[-1] if len(found) > wanted.limit else None
        key = (str(last["until_on"]), last["agreement_id"], last["period_no"]) if last else ()
        cursor = paging.encode_cursor(*key) if key else None
    return ProgressList([progress_of(item) for item in shown], cursor)


def _numbers(key: Sequence[object]) -> list[int]:
    if not all(isinstance(item, int) and 0 <= item < 2**63 for item in key):
        raise InvalidInput("翻页标记无效，请重新打开列表")
    return [int(str(item)) for item in key]


def _after(cursor: str | None) -> tuple[int, int]:
    key = paging.decode_cursor(cursor, 2)
    if key is None:
        return 2**31 - 1, MAX_ID
    period_no, buyer_id = _numbers(key)
    return min(period_no, 2**31 - 1), buyer_id


def _before(cursor: str | None) -> tuple[date, int, int]:
    key = paging.decode_cursor(cursor, 3)
    if key is None:
        return _LAST
    agreement_id, period_no = _numbers(key[1:])
    try:
        return date.fromisoformat(str(key[0])), agreement_id, min(period_no, 2**31 - 1)
    except ValueError:
        raise InvalidInput("翻页标记无效，请重新打开列表") from None


def _last_whole(new: NewRebate) -> Period:
    """The last whole period before today: the month, quarter or year; of own days as many before today."""
    yesterday = clock.today() - timedelta(days=1)
    if new.every == "dates":
        days = max(timedelta(), new.until_on - new.from_on)
        return Period(1, yesterday - min(days, timedelta(days=3 * 366)), yesterday)
    year = clock.today().year
    found = periods(new.every, date(year - 2, 1, 1), date(year, 12, 31))
    return [item for item in found if item.until_on <= yesterday][-1]


async def preview(actor: Actor, new: NewRebate) -> RebatePreview:
    """Who would get an agreement, and what it would have cost in the last whole period. Nothing is written."""
    actor.require("rebate.manage")
    errors = terms.errors_of(new.rule)
    if errors:
        raise InvalidInput(f"有 {len(errors)} 处填写有误", errors)
    await audience.check(actor, new.audience)
    count, members = await audience.first_of(actor, new.audience, PREVIEWED)
    period = _last_whole(new)
    ids = [item["id"] for item in members]
    journal = await read(actor.root_id, actor.org_id, ids, new.rule, period.from_on, clock.today())
    found = []
    for item in members:
        outcome = reckon(new.rule, facts_of(journal, new.rule, item["id"], period))
        found.append(PreviewBuyer(OrgRef(item["id"], item["name"]), outcome.amount_fen, outcome.fen))
    most = sorted(found, key=lambda item: (-item.fen, -item.amount_fen, item.buyer.id))[:SHOWN]
    totals = (sum(item.amount_fen for item in found), sum(item.fen for item in found))
    return RebatePreview(count, len(found), period.from_on, period.until_on, *totals, most)
