"""What is missing to the next step of a rule, in words: `再买 3箱减 ¥50`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from server.pricing.engine import words
from server.pricing.engine.apply import most_times
from server.pricing.engine.basket import Hint, Offer
from server.pricing.engine.forms import Bundle, Form, GiftForm, GiftStep, Measure, Threshold, ThresholdStep
from server.pricing.engine.sheet import Row, Sheet, by_product, measured

MOST = 20
"""So many hints at most, the nearest; only these are put into words."""


class Near(NamedTuple):
    """How much of a rule is missing: `share` of the whole step, of these lines."""

    share: float
    offer: Offer
    step: ThresholdStep | GiftStep | None
    by: Measure
    missing: int
    rows: Sequence[Row]


def near(sheet: Sheet, offer: Offer, rows: Sequence[Row]) -> Near | None:
    """How near the next step of a rule is; None where there is none, or nothing of it is left."""
    form = offer.rule.form
    if isinstance(form, Threshold):
        return _next(sheet, offer, form, rows, measured(rows, form.by, form.on))
    if isinstance(form, GiftForm):
        if not _to_be_had(sheet, form):
            return None
        groups = by_product(rows) if form.of_the_same else [rows]
        found = [_next(sheet, offer, form, same, measured(same, form.by)) for same in groups]
        return min((one for one in found if one), key=lambda one: one.share, default=None)
    return _bundle(offer, form, rows) if isinstance(form, Bundle) else None


def _to_be_had(sheet: Sheet, form: GiftForm) -> bool:
    return all(gift.product_id is None or gift.product_id in sheet.gifts for step in form.steps for gift in step.gifts)


def _next(sheet: Sheet, offer: Offer, form: Threshold | GiftForm, rows: Sequence[Row], value: int) -> Near | None:
    if form.each:
        times, step = value // form.steps[0].at, form.steps[0]
        missing = step.at - value % step.at
    else:
        above = [step for step in form.steps if step.at > value]
        if not above:
            return None
        times, step, missing = 0, above[0], above[0].at - value
    if most_times(offer, times + 1, _costs(sheet, step, rows)) <= times:
        return None
    return Near(missing / step.at, offer, step, form.by, missing, rows)


def _costs(sheet: Sheet, step: ThresholdStep | GiftStep, rows: Sequence[Row]) -> int:
    """What one time of a step costs the seller, where that is known before it is reached."""
    if isinstance(step, ThresholdStep):
        return step.off_fen or 0
    same = rows[0].line.list_fen
    return sum(
        gift.qty * (same if gift.product_id is None else sheet.gifts[gift.product_id].list_fen) for gift in step.gifts
    )


def _bundle(offer: Offer, form: Bundle, rows: Sequence[Row]) -> Near | None:
    """Only while one part is missing: of more than that nobody thinks yet."""
    have = [sum(row.line.qty for row in rows if row.line.product_id in one.products) for one in form.parts]
    times = min(got // one.qty for got, one in zip(have, form.parts, strict=True))
    lacks = [(one, one.qty * (times + 1) - got) for got, one in zip(have, form.parts, strict=True)]
    lacks = [(one, missing) for one, missing in lacks if missing > 0]
    if len(lacks) != 1 or most_times(offer, times + 1) <= times:
        return None
    one, missing = lacks[0]
    return Near(missing / one.qty, offer, None, "qty", missing, [r for r in rows if r.line.product_id in one.products])


def nearest(sheet: Sheet, found: Iterable[Near]) -> tuple[Hint, ...]:
    """The hints that are worth showing, the nearest first."""
    ordered = sorted(found, key=lambda one: (one.share, one.offer.id))[:MOST]
    return tuple(
        Hint(one.offer.id, f"{one.offer.name}：再买 {_words(sheet, one, one.offer.rule.form)}", one.by, one.missing)
        for one in ordered
    )


def _words(sheet: Sheet, one: Near, form: Form) -> str:
    what = words.amount(one.missing, one.by, one.rows)
    if one.step is not None:
        return what + words.gain(one.step, one.rows, sheet.gifts)
    return what + ("" if one.rows else "搭配商品") + f"，可按{words.form(form)}"
