"""Which rule comes before which: policies before promotions, then by priority; and which of them compete."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from server.pricing.engine.basket import Basket, Offer
from server.pricing.engine.forms import Bundle, Discount, GiftForm, Threshold

# What looks at each unit comes before what looks at many: fen are shared once all else is known.
_RANK = {Discount: 0, Bundle: 1, Threshold: 2, GiftForm: 3}


def contests(basket: Basket) -> Iterator[list[Offer]]:
    """The offers that this buyer may have, in the order in which they come; those that compete for lines together."""
    offers = [offer for offer in basket.offers if basket.first_order or not offer.rule.first_order]
    for (_, _, combines, group), found in groupby(sorted(offers, key=_place), _contest):
        if combines and not group:
            for offer in found:
                yield [offer]
        else:
            yield list(found)


def _contest(offer: Offer) -> tuple[bool, int, bool, str]:
    stacking = offer.rule.stacking
    return offer.source != "policy", -stacking.priority, stacking.combines, stacking.group


def _place(offer: Offer) -> tuple[tuple[bool, int, bool, str], int, bool, int]:
    form = offer.rule.form
    in_fen = isinstance(form, Threshold) and form.steps[0].off_fen is not None
    return _contest(offer), _RANK[type(form)], in_fen, offer.id


def best_first(offers: Sequence[Offer], saves: dict[int, int]) -> list[Offer]:
    """Offers that compete: what saves the buyer most comes first."""
    return sorted(offers, key=lambda offer: (-saves[offer.id], offer.id))
