"""What each form does to the lines it may have: a plan, which changes nothing until it is taken.

So that rules can be compared by what they would save, and the same arithmetic serves both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from server.pricing.engine import words
from server.pricing.engine.basket import GiftGoods, Offer
from server.pricing.engine.bundles import Bundles
from server.pricing.engine.forms import Bundle, Discount, GiftForm, GiftStep, Threshold, ThresholdStep
from server.pricing.engine.sheet import Row, Sheet, by_product, measured
from server.pricing.engine.sums import allot, share

UNLIMITED = 10**9


class Plan(NamedTuple):
    """What a rule would do: fen off each of these lines, and these goods for nothing."""

    offer: Offer
    rows: Sequence[Row]
    off: Sequence[int]
    times: int
    qty: int
    words: str
    gifts: Sequence[tuple[GiftGoods, int, Row]] = ()

    @property
    def fen(self) -> int:
        """What it costs the seller; gifts at their list price."""
        return sum(self.off) + sum(goods.list_fen * qty for goods, qty, _ in self.gifts)


def plan(sheet: Sheet, offer: Offer, rows: Sequence[Row]) -> Plan | None:
    """What a rule would do to these lines, all of which it may have; None where it comes to nothing."""
    form = offer.rule.form
    if isinstance(form, Discount):
        return _discount(offer, form, rows)
    if isinstance(form, Threshold):
        return _threshold(offer, form, rows)
    if isinstance(form, GiftForm):
        return _gift(sheet, offer, form, rows)
    return _bundle(offer, form, rows)


def most_times(offer: Offer, wanted: int, fen_each: int = 0) -> int:
    """How many of the wanted times are left, of which each costs so much: whole ones only."""
    per_order, left = offer.rule.limits.per_order, offer.left
    if per_order is not None:
        wanted = min(wanted, per_order)
    if left.times is not None:
        wanted = min(wanted, left.times)
    if left.fen is not None and fen_each:
        wanted = min(wanted, left.fen // fen_each)
    return max(0, wanted)


def _discount(offer: Offer, form: Discount, rows: Sequence[Row]) -> Plan | None:
    times, left, below_floor = most_times(offer, UNLIMITED), offer.left.fen, offer.rule.below_floor
    had, off, used = [], [], 0
    for row in rows:
        qty, fen = _discounted(form, row, min(row.line.qty, times - used), left, below_floor)
        if fen:
            had.append(row)
            off.append(fen)
            used += qty
            left = None if left is None else left - fen
    return Plan(offer, had, off, used, used, words.discount(form)) if had else None


def _discounted(form: Discount, row: Row, qty: int, left: int | None, below_floor: bool) -> tuple[int, int]:
    """On how many units of a line, and how much: as many as the budget holds."""
    fen = _off(form, row, qty, below_floor)
    while left is not None and fen > left:
        qty = min(qty - 1, qty * left // fen)
        fen = _off(form, row, qty, below_floor)
    return qty, fen


def _off(form: Discount, row: Row, qty: int, below_floor: bool) -> int:
    costs = row.part(qty)
    room = costs if below_floor else costs - row.least * qty
    if form.off_bp is not None:
        off = share(costs, form.off_bp)
    elif form.off_fen is not None:
        off = form.off_fen * qty
    else:
        off = costs - (form.price_fen or 0) * qty
    return max(0, min(off, room))


def _threshold(offer: Offer, form: Threshold, rows: Sequence[Row]) -> Plan | None:
    value = measured(rows, form.by, form.on)
    step = reached(form.steps, value)
    if step is None:
        return None
    rooms = [row.room(offer.rule.below_floor) for row in rows]
    if step.off_bp is not None:
        off = [min(share(row.amount, step.off_bp), room) for row, room in zip(rows, rooms, strict=True)]
        times = most_times(offer, 1, sum(off))
    else:
        each = step.off_fen or 0
        times = most_times(offer, value // step.at if form.each else 1, each)
        off = allot(each * times, [row.amount for row in rows], rooms)
    if not times or not any(off):
        return None
    qty = sum(row.line.qty for row in rows)
    return Plan(offer, rows, off, times, qty, words.threshold(form, step, rows, times))


def reached(steps: Sequence[ThresholdStep], value: int) -> ThresholdStep | None:
    """The highest step that a value reaches."""
    return next((step for step in reversed(steps) if value >= step.at), None)


def _gift(sheet: Sheet, offer: Offer, form: GiftForm, rows: Sequence[Row]) -> Plan | None:
    """Where what is bought is what is given, each product by itself; together they keep to what is left."""
    had: list[Row] = []
    given: list[tuple[GiftGoods, int, Row]] = []
    times, fen, said = 0, 0, ""
    for same in by_product(rows) if form.of_the_same else [rows]:
        value = measured(same, form.by)
        step = reached_gift(form, value)
        goods = step and _goods(sheet, step, same[0])
        if not step or not goods:
            continue
        costs = sum(item.list_fen * qty for item, qty in goods)
        wanted = value // step.at if form.each else 1
        now = most_times(offer, times + wanted) - times
        if offer.left.fen is not None and costs:
            now = min(now, (offer.left.fen - fen) // costs)
        if now > 0:
            had += same
            given += [(item, qty * now, same[0]) for item, qty in goods]
            times, fen, said = times + now, fen + now * costs, said or words.gift(form, step, same, sheet.gifts)
    qty = sum(qty for _, qty, _ in given)
    return Plan(offer, had, [0] * len(had), times, qty, said, given) if given else None


def reached_gift(form: GiftForm, value: int) -> GiftStep | None:
    """The highest step that a value reaches."""
    return next((step for step in reversed(form.steps) if value >= step.at), None)


def _goods(sheet: Sheet, step: GiftStep, row: Row) -> list[tuple[GiftGoods, int]] | None:
    """The gifts of a step; None where one of them is not to be had."""
    line = row.line
    same = GiftGoods(line.product_id, line.guide_fen, line.list_fen, line.name, line.base_unit)
    found = [same if gift.product_id is None else sheet.gifts.get(gift.product_id) for gift in step.gifts]
    return [(goods, gift.qty) for goods, gift in zip(found, step.gifts, strict=True) if goods] if all(found) else None


def _bundle(offer: Offer, form: Bundle, rows: Sequence[Row]) -> Plan | None:
    bundles = Bundles(form, rows)
    times = bundles.worth_while(most_times(offer, bundles.possible()), offer.left.fen)
    picked = bundles.picked(times)
    had = sorted(picked, key=lambda row: row.n)
    rooms = [min(row.room(offer.rule.below_floor), row.part(picked[row])) for row in had]
    off = allot(bundles.saved(times), [row.part(picked[row]) for row in had], rooms)
    return Plan(offer, had, off, times, sum(picked.values()), words.bundle(form, times)) if any(off) else None
