"""The way of a basket through all its rules: list price, policies, promotions, the buyer's credit."""

from __future__ import annotations

from server.pricing.engine import hints, words
from server.pricing.engine.apply import Plan, most_times, plan
from server.pricing.engine.basket import Basket, Gift, LinePriced, Offer, Priced, Step, Used
from server.pricing.engine.forms import goods_of
from server.pricing.engine.sheet import Row, Sheet
from server.pricing.engine.stacking import best_first, contests
from server.pricing.engine.sums import allot


def price(basket: Basket) -> Priced:
    """What a basket costs and why; the same basket, in whatever order, always costs the same. (T1, D5.2)"""
    sheet = Sheet(basket)
    for row in sheet.rows:
        said = words.listed(row.line.guide_fen, row.line.list_fen)
        row.steps.append(Step("list", said, row.line.guide_fen * row.line.qty, row.list_fen))
    gifts: list[Gift] = []
    used: list[Used] = []
    found: list[hints.Near] = []
    for offers in contests(basket):
        for offer in _in_turn(sheet, offers):
            rows = _open(sheet, offer)
            if not rows or not most_times(offer, 1):
                continue
            if near := hints.near(sheet, offer, rows):
                found.append(near)
            if made := plan(sheet, offer, rows):
                gifts += _take(made)
                used.append(Used(offer.id, made.times, made.fen, made.qty))
    spent = _spend_credit(sheet, basket.credit_fen)
    lines = tuple(
        LinePriced(row.line.key, row.list_fen, row.amount, credit, tuple(row.steps))
        for row, credit in zip(sheet.rows, spent, strict=True)
    )
    return Priced(lines, tuple(gifts), tuple(used), hints.nearest(sheet, found))


def _open(sheet: Sheet, offer: Offer) -> list[Row]:
    return [row for row in sheet.among(goods_of(offer.rule.form)) if row.open_to(offer)]


def _in_turn(sheet: Sheet, offers: list[Offer]) -> list[Offer]:
    """Offers that compete, the best for the buyer first, as things stand before any of them."""
    if len(offers) == 1:
        return offers
    made = {offer.id: plan(sheet, offer, rows) if (rows := _open(sheet, offer)) else None for offer in offers}
    return best_first(offers, {offer_id: one.fen if one else 0 for offer_id, one in made.items()})


def _take(made: Plan) -> list[Gift]:
    """Do what was planned: each line keeps the step, the gifts become lines of their own."""
    offer, said = made.offer, f"{made.offer.name}：{made.words}"
    for row, off in zip(made.rows, made.off, strict=True):
        row.mark(offer)
        if off:
            row.steps.append(Step(offer.source, said, row.amount, row.amount - off, offer.id))
            row.amount -= off
    return [
        Gift(goods.product_id, qty, offer.id, row.line.key, goods.guide_fen, goods.list_fen, (
            Step("list", words.listed(goods.guide_fen, goods.list_fen), goods.guide_fen * qty, goods.list_fen * qty),
            Step("gift", said, goods.list_fen * qty, 0, offer.id),
        ))
        for goods, qty, row in made.gifts
    ]  # fmt: skip


def _spend_credit(sheet: Sheet, credit_fen: int) -> list[int]:
    """The buyer's own credit, over all lines; a payment, so no floor holds it."""
    costs = [row.amount for row in sheet.rows]
    spent = allot(credit_fen, costs, costs)
    for row, fen in zip(sheet.rows, spent, strict=True):
        if fen:
            row.steps.append(Step("credit", f"使用返利 {words.money(fen)}", row.amount, row.amount - fen))
            row.amount -= fen
    return spent
