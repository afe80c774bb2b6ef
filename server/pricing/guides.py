"""The brand's guide prices per grade and region (S1.3): within them dealers set prices, outside nothing is offered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import date

import msgspec

from server.channel.terms import group_name
from server.core import audit, clock, db, live, outbox, paging
from server.core.actor import Actor
from server.core.errors import FieldError, InvalidInput, NotFound
from server.core.types import MAX_ID
from server.pricing import guide_queries as queries
from server.pricing.guide_queries import Scope
from server.pricing.queries import Period
from server.pricing.schemas import (
    EndGuides,
    Fallen,
    GuideEffect,
    GuideList,
    GuideOut,
    GuidePrices,
    GuideQuery,
    GuideScope,
    GuideScopes,
)
from server.pricing.service import period
from server.pricing.words import scope_words
from server.regions import service as regions

SHOWN = 200
"""So many of the prices that fall outside are listed; the others are counted."""


class _OnlyLooked(Exception):
    """Undoes what was done to see its effect."""


async def set_guides(actor: Actor, wanted: GuidePrices, preview: bool = False) -> GuideEffect:
    """Set guide prices for a grade, a region, or both, with a period; the prices that are no longer offered (S1.3).

    Their sellers are told by an event each, the open carts of their buyers at once. `preview`: everything is worked
    out and nothing kept.
    """
    actor.require("price.guide")
    scope = Scope(actor.root_id, wanted.grade.strip(), wanted.region_code)
    when = period(wanted.from_on, wanted.until_on)
    _check(scope, wanted)
    product_ids = [item.product_id for item in wanted.prices]
    found: list[GuideEffect] = []
    try:
        async with db.transaction():
            missing = await queries.lock(actor.root_id, product_ids)
            if missing:
                errors = [
                    FieldError(f"/prices/{product_ids.index(item)}/product_id", "没有这个商品") for item in missing
                ]
                raise InvalidInput("有商品不在商品库里，没有保存任何指导价", errors)
            before = await _outside(scope, product_ids, when)
            changed = await queries.write(scope, wanted.prices, when, actor.account_id, clock.now())
            fallen = await _newly(before, scope, product_ids, when)
            found.append(_effect(changed, fallen))
            if preview:
                raise _OnlyLooked
            await _tell(actor.root_id, fallen, when.from_on)
            await audit.record(actor, "set_guide_prices", "org", actor.root_id, msgspec.to_builtins(wanted))
    except _OnlyLooked:
        pass
    return found[0]


def _check(scope: Scope, wanted: GuidePrices) -> None:
    regions.check(scope.region_code)
    if not scope.grade and not scope.region_code:
        raise InvalidInput(
            "请选择等级或地区；商品自己的指导价在商品资料里修改", [FieldError("/grade", "请选择等级或地区")]
        )
    ids = [item.product_id for item in wanted.prices]
    if len(set(ids)) != len(ids):
        raise InvalidInput("同一个商品出现了两次")
    errors = [
        FieldError(f"/prices/{index}/guide_fen", "必须在最低价和最高价之间")
        for index, item in enumerate(wanted.prices)
        if not item.floor_fen <= item.guide_fen <= item.ceiling_fen
    ]
    if errors:
        raise InvalidInput("指导价必须在最低价和最高价之间", errors)


_Key = tuple[int, int]


async def _outside(scope: Scope, product_ids: list[int], when: Period) -> set[_Key]:
    return {(item["id"], item["product_id"]) for item in await queries.outside(scope, product_ids, when)}


async def _newly(before: set[_Key], scope: Scope, product_ids: list[int], when: Period) -> list[db.Row]:
    """The entries that lie outside the limits now and did not before."""
    found = await queries.outside(scope, product_ids, when)
    return [item for item in found if (item["id"], item["product_id"]) not in before]


def _effect(changed: int, fallen: Sequence[db.Row]) -> GuideEffect:
    shown = [_fallen(item) for item in fallen[:SHOWN]]
    return GuideEffect(changed, len({item["seller_id"] for item in fallen}), len(fallen), shown)


def _fallen(item: db.Row) -> Fallen:
    facts = {name: item[name] for name in Fallen.__struct_fields__ if name != "whom"}
    return Fallen(**facts, whom=item["buyer_name"] or group_name(item["price_group"]))


async def _tell(root_id: int, fallen: Sequence[db.Row], from_on: date) -> None:
    """An event for each dealer whose prices fell out; where it is today already, the open carts of its buyers."""
    by_seller: dict[int, list[db.Row]] = defaultdict(list)
    for item in fallen:
        by_seller[item["seller_id"]].append(item)
    events = [
        (seller_id, {"prices": len(rows), "products": [row["product_name"] for row in rows[:3]], "from_on": from_on})
        for seller_id, rows in by_seller.items()
        if seller_id != root_id
    ]
    await outbox.announce_each(root_id, "price.outside", events)
    if fallen and from_on <= clock.today():
        buyers = await queries.buyers_of(list(by_seller))
        products = sorted({item["product_id"] for item in fallen})[:SHOWN]
        await live.tell_each([(item["id"], item["path"]) for item in buyers], "price", {"product_ids": products})


async def end_guides(actor: Actor, wanted: EndGuides) -> GuideEffect:
    """End guide prices at once: the less specific ones, or the product's own, hold again (S1.3)."""
    actor.require("price.guide")
    async with db.transaction():
        ended = await queries.end(actor.root_id, wanted.ids, actor.account_id, clock.now())
        if not ended and not await queries.known(actor.root_id, wanted.ids):
            raise NotFound("没有找到这些指导价")
        today = Period(clock.today(), None)
        fallen: list[db.Row] = []
        scopes = defaultdict(list)
        for item in ended:
            scopes[item["grade"], item["region_code"]].append(item)
        for (grade, region), items in sorted(scopes.items()):
            found = await queries.outside(Scope(actor.root_id, grade, region), [i["product_id"] for i in items], today)
            limits = {i["product_id"]: (i["floor_fen"], i["ceiling_fen"]) for i in items}
            fallen += [i for i in found if limits[i["product_id"]][0] <= i["price_fen"] <= limits[i["product_id"]][1]]
        await _tell(actor.root_id, fallen, today.from_on)
        await audit.record(actor, "end_guide_prices", "org", actor.root_id, {"ended": [dict(item) for item in ended]})
    return _effect(len(ended), fallen)


async def product_limits_change(actor: Actor, product_id: int) -> Callable[[], Awaitable[None]]:
    """The product's own limits are about to change: what is to be done once they have."""
    scope, when = Scope(actor.root_id, "", ""), Period(clock.today(), None)
    before = await _outside(scope, [product_id], when)

    async def tell() -> None:
        await _tell(actor.root_id, await _newly(before, scope, [product_id], when), when.from_on)

    return tell


async def list_guides(actor: Actor, wanted: GuideQuery) -> GuideList:
    """Guide prices of a product, a grade or a region, the newest first; with those that have ended, their history."""
    actor.require("price.guide")
    before = paging.id_cursor(wanted.cursor) or MAX_ID
    day = wanted.day or clock.today()
    asked = (wanted.product_id, wanted.grade, wanted.region_code, None if wanted.ended else day)
    found, cursor = paging.page(await queries.page(actor.root_id, *asked, before, wanted.limit + 1), wanted.limit)
    return GuideList([_guide(item) for item in found], cursor)


def _guide(found: db.Row) -> GuideOut:
    words = scope_words(found["grade"], found["region_code"])
    return GuideOut(**{n: found[n] for n in GuideOut.__struct_fields__ if n != "scope"}, scope=words)


async def list_scopes(actor: Actor) -> GuideScopes:
    """The grades and regions that have guide prices of their own."""
    actor.require("price.guide")
    found = await queries.scopes(actor.root_id, clock.today())
    items = [GuideScope(scope=scope_words(item["grade"], item["region_code"]), **item) for item in found]
    return GuideScopes(items, await queries.grades(actor.root_id))
