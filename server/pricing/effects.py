"""What new prices would do, before they are set; and lists made from other lists, which are looked at first."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from server.catalog.service import find_category
from server.core import audit, clock, db
from server.core.actor import Actor
from server.core.errors import InvalidInput
from server.pricing import queries
from server.pricing.parties import list_key, may_set, seller_of
from server.pricing.queries import ListOf, Period
from server.pricing.schemas import CopyPrices, Effect, PriceLine, PriceList, WrongPrice
from server.pricing.service import period, write_prices, wrong_lines

SHOWN = 200
"""So many lines of an effect are listed; all are counted."""

WHOLE = 10_000
"""A hundred per cent."""

MOST = 20_000
"""So many prices a list may have to be copied in one go."""


async def preview(actor: Actor, wanted: PriceList) -> Effect:
    """What these prices would do: who sees another price, what is gained and lost, which orders keep the old one."""
    seller = await seller_of(actor, wanted.seller_id, wanted.buyer_id)
    may_set(actor, seller)
    of = list_key(actor, seller, wanted.price_group, wanted.buyer_id)
    when = period(wanted.from_on, wanted.until_on)
    product_ids = [item.product_id for item in wanted.prices]
    found = await queries.lines(of, product_ids, [item.price_fen for item in wanted.prices], when)
    return await _effect(of, when, found)


async def _effect(of: ListOf, when: Period, found: Sequence[db.Row]) -> Effect:
    wrong = wrong_lines(found)
    good = [item for item in found if item["index"] not in wrong and not item["stands"]]
    # A base price shows only where no temporary one lies over it.
    covered = [item for item in good if when.until_on is None and item["now_until"] is not None]
    shown = [item for item in good if item not in covered and item["now_fen"] != (item["price_fen"] or 0)]
    reached = await queries.reached(of, [item["product_id"] for item in shown], when.from_on)
    return Effect(
        changed=len(good),
        buyers=reached["buyers"],
        own_prices=reached["own"],
        gained=sum(1 for item in shown if not item["now_fen"]),
        lost=sum(1 for item in shown if item["price_fen"] is None),
        covered=len(covered),
        orders=reached["orders"],
        lines=[_line(item) for item in good[:SHOWN]],
        wrong=[
            WrongPrice(item["product_id"], item["name"] or "", item["price_fen"] or 0, wrong[item["index"]])
            for item in found
            if item["index"] in wrong
        ][:SHOWN],
    )


def _line(found: db.Row) -> PriceLine:
    return PriceLine(found["product_id"], found["name"], found["now_fen"] or None, found["price_fen"])


def rounded(price_fen: int, percent: int, step_fen: int) -> int:
    """A percentage (in hundredths of a per cent) of a price, rounded half-up to a multiple of the step, never to 0.

    295 fen × 103 % = 303.85 → 304 by steps of 1, 300 by steps of 10 (303.85 lies nearer to 300 than to 310).
    """
    steps = (2 * price_fen * percent + WHOLE * step_fen) // (2 * WHOLE * step_fen)
    return max(steps, 1) * step_fen


async def copy_prices(actor: Actor, wanted: CopyPrices, preview: bool = False) -> Effect:
    """Make a list from another, or raise one by a percentage; what would lie outside the limits stays as it is (D5.3).

    Always the same number of statements. `preview` works out the same and changes nothing.
    """
    seller = await seller_of(actor, wanted.seller_id, wanted.to_buyer_id)
    may_set(actor, seller)
    source = list_key(actor, await seller_of(actor, wanted.seller_id, wanted.from_buyer_id),
                      wanted.from_group, wanted.from_buyer_id)  # fmt: skip
    to = list_key(actor, seller, wanted.to_group, wanted.to_buyer_id)
    if source == to and wanted.percent == WHOLE and wanted.step_fen == 1:
        raise InvalidInput("同一份价格表，请填写要调整的百分比")
    when = period(wanted.from_on, wanted.until_on)
    if wanted.category_id is not None:
        await find_category(actor, wanted.category_id)
    async with db.transaction():
        await queries.lock(to, actor.account_id, clock.now()) if not preview else None
        asked = await queries.source(source, when.from_on, wanted.category_id, MOST + 1)
        if len(asked) > MOST:
            raise InvalidInput(f"一次最多复制 {MOST} 个价格，请按分类分几次复制")
        prices: list[int | None] = [rounded(item["price_fen"], wanted.percent, wanted.step_fen) for item in asked]
        found = await queries.lines(to, [item["product_id"] for item in asked], prices, when)
        effect = await _effect(to, when, found)
        if not preview:
            wrong = wrong_lines(found)
            good = [item for item in found if item["index"] not in wrong and not item["stands"]]
            await write_prices(actor, to, when, good)
            changes = {**msgspec.to_builtins(wanted), "changed": len(good)}
            await audit.record(actor, "copy_prices", "org", to.seller_id, changes)
    return effect
