"""What can be done with prices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import msgspec

from server.core import audit, clock, db, live
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, Forbidden, InvalidInput, NotFound
from server.pricing import queries
from server.pricing.parties import list_key, may_set, seller_of
from server.pricing.queries import ListOf, Period
from server.pricing.schemas import EndPrices, PriceList
from server.pricing.words import limit_words, price_words


class PriceOutsideLimits(BusinessError):
    """A price below the floor or above the ceiling of the guide price (D5.3)."""

    status, code, title = 422, "price_outside_limits", "价格超出限制"


class PriceEdited(BusinessError):
    """Somebody else has changed a price since it was read; `lines` brings what stands there now."""

    status, code, title = 409, "price_edited", "价格刚被改过"


def period(from_on: date | None, until_on: date | None) -> Period:
    """The days of a price, from today on unless it begins later."""
    today = clock.today()
    first = from_on or today
    if first < today:
        raise InvalidInput("开始日期不能早于今天", [FieldError("/from_on", "不能早于今天")])
    if until_on is not None and until_on < first:
        raise InvalidInput("结束日期不能早于开始日期", [FieldError("/until_on", "不能早于开始日期")])
    return Period(first, until_on)


async def set_prices(actor: Actor, wanted: PriceList) -> int:
    """Set what a seller asks of a group of its buyers or of one of them, or stop offering it (S1.3, D5.3).

    The number of prices that changed. From a later day it is a planned change; with a last day a temporary price,
    which lies over the base price. Raises `PriceOutsideLimits` naming each price outside its limits and whose they
    are, `PriceEdited` where somebody was faster; nothing is set then.
    """
    seller = await seller_of(actor, wanted.seller_id, wanted.buyer_id)
    may_set(actor, seller)
    of = list_key(actor, seller, wanted.price_group, wanted.buyer_id)
    when = period(wanted.from_on, wanted.until_on)
    product_ids = [item.product_id for item in wanted.prices]
    if len(set(product_ids)) != len(product_ids):
        raise InvalidInput("同一个商品出现了两次")
    async with db.transaction():
        moment = clock.now()
        await queries.lock(of, actor.account_id, moment)
        found = await queries.lines(of, product_ids, [item.price_fen for item in wanted.prices], when)
        _check_limits(found)
        _check_seen(found, [item.seen_fen for item in wanted.prices])
        changed = [item for item in found if not item["stands"]]
        await write_prices(actor, of, when, changed)
        await audit.record(actor, "set_prices", "org", of.seller_id, msgspec.to_builtins(wanted))
    return len(changed)


async def write_prices(
    actor: Actor, of: ListOf, when: Period, lines: Sequence[Mapping[str, Any]], exception_id: int | None = None
) -> None:
    """Write lines (product_id, price_fen) into a list that is locked, and tell the buyers whose prices change today."""
    today = clock.today()
    product_ids = [item["product_id"] for item in lines]
    prices = [item["price_fen"] for item in lines]
    await queries.write(of, product_ids, prices, when, actor.account_id, clock.now(), today, exception_id)
    if lines and when.from_on <= today:
        groups, own = ([], [of.buyer_id]) if of.price_group is None else ([of.price_group], [])
        await tell_buyers(of.seller_id, groups, [item for item in own if item], product_ids)


class Broken(NamedTuple):
    """The limits outside of which a price lies."""

    floor_fen: int
    guide_fen: int
    ceiling_fen: int


async def limits_broken(
    actor: Actor, seller_id: int | None, buyer_id: int, product_id: int, price_fen: int, when: Period
) -> tuple[ListOf, Broken]:
    """The list of a buyer, and the limits that a price for it breaks; `InvalidInput` where it breaks none (D5.3)."""
    seller = await seller_of(actor, seller_id, buyer_id)
    may_set(actor, seller)
    of = list_key(actor, seller, None, buyer_id)
    (found,) = await queries.lines(of, [product_id], [price_fen], when)
    if found["name"] is None:
        raise InvalidInput("没有这个商品", [FieldError("/product_id", "没有这个商品")])
    if found["floor_fen"] is None:
        raise InvalidInput(
            "这个价格在指导价范围内，不用申请，可以直接设置", [FieldError("/price_fen", "在指导价范围内，可以直接设置")]
        )
    return of, Broken(found["floor_fen"], found["guide_fen"], found["ceiling_fen"])


async def write_exception(
    actor: Actor, of: ListOf, when: Period, product_id: int, price_fen: int, exception_id: int
) -> None:
    """Let a price hold that was asked for and approved, whatever its limits; in the open transaction (D5.3)."""
    await queries.lock(of, actor.account_id, clock.now())
    await write_prices(actor, of, when, [{"product_id": product_id, "price_fen": price_fen}], exception_id)


async def tell_buyers(seller_id: int, groups: list[str], buyer_ids: list[int], product_ids: Iterable[int]) -> None:
    """Let the open carts of these buyers ask for their prices again once it is committed."""
    found = await queries.buyers(seller_id, groups, buyer_ids)
    shown: dict[str, Any] = {"seller_id": seller_id, "product_ids": sorted(set(product_ids))[:200]}
    await live.tell_each([(item["id"], item["path"]) for item in found], "price", shown)


def wrong_lines(lines: Sequence[db.Row]) -> dict[int, str]:
    """What is wrong with lines, by their index: no such product, or a price outside its limits."""
    wrong = {item["index"]: "没有这个商品" for item in lines if item["name"] is None}
    for item in lines:
        if item["floor_fen"] is not None:
            limits = (item["floor_fen"], item["ceiling_fen"], item["grade"] or "", item["region_code"] or "")
            wrong[item["index"]] = limit_words(item["name"], *limits)
    return wrong


def _check_limits(lines: Sequence[db.Row]) -> None:
    wrong = wrong_lines(lines)
    if wrong:
        more = f"等 {len(wrong)} 处" if len(wrong) > 1 else ""
        raise PriceOutsideLimits(
            f"{wrong[min(wrong)]}{more}；没有保存任何价格",
            [FieldError(f"/prices/{index}/price_fen", wrong[index]) for index in sorted(wrong)],
        )


def _check_seen(lines: Sequence[db.Row], seen: Sequence[int | None]) -> None:
    late = [
        item
        for item, fen in zip(lines, seen, strict=True)
        if fen is not None and fen != item["now_fen"] and not item["stands"]
    ]
    if late:
        raise PriceEdited(
            f"{late[0]['name']}的价格刚被别人改成 {price_words(late[0]['now_fen'])}，请看过再改",
            [
                FieldError(f"/prices/{item['index']}/price_fen", f"现在是 {price_words(item['now_fen'])}")
                for item in late
            ],
            lines=[{"product_id": item["product_id"], "price_fen": item["now_fen"] or None} for item in late],
        )


async def end_prices(actor: Actor, wanted: EndPrices) -> int:
    """End entries at once: a temporary price falls back to the base, a buyer's own to its group's, a plan is dropped.

    The number of entries that were ended now; raises `NotFound` for one that is not the seller's.
    """
    seller = await seller_of(actor, wanted.seller_id)
    may_set(actor, seller)
    async with db.transaction():
        found = await queries.end(actor.root_id, seller["id"], wanted.ids, actor.account_id, clock.now())
        if not found and not await queries.own(actor.root_id, seller["id"], wanted.ids):
            raise NotFound("没有找到这些价格")
        today = clock.today()
        now = [item for item in found if item["from_on"] <= today]
        if now:
            groups = sorted({item["price_group"] for item in now if item["buyer_id"] is None})
            buyers = sorted({item["buyer_id"] for item in now if item["buyer_id"] is not None})
            await tell_buyers(seller["id"], groups, buyers, [item["product_id"] for item in now])
        await audit.record(actor, "end_prices", "org", seller["id"], {"entries": [dict(item) for item in found]})
    return len(found)


async def set_price_authority(actor: Actor, org_id: int, sets_prices: bool) -> None:
    """Say whether a dealer below sets its own prices; only its suppliers say so (S1.3)."""
    seller = await seller_of(actor, org_id)
    if seller["id"] == actor.org_id or seller["kind"] != "dealer":
        raise Forbidden("定价权由上级供应商授予，不能自己修改")
    async with db.transaction():
        await queries.set_authority(org_id, sets_prices)
        changes = {"sets_prices": [seller["sets_prices"], sets_prices]}
        await audit.record(actor, "set_price_authority", "org", org_id, changes)
