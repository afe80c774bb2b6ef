"""What holds for every basket under every set of rules; Hypothesis looks for one for which it does not."""

from __future__ import annotations

import random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from server.pricing.engine import (
    Basket,
    Bundle,
    Discount,
    Form,
    GiftForm,
    GiftGoods,
    Goods,
    Left,
    Line,
    LinePriced,
    Offer,
    Priced,
    Rule,
    Step,
    Threshold,
    part,
    price,
    shares_nothing,
)
from server.pricing.engine.forms import BundlePart, GiftItem, GiftStep, Limits, Stacking, ThresholdStep
from server.pricing.engine.sums import allot

PRODUCTS, CATEGORIES = range(1, 7), (10, 20)
NO_LIMITS, ALONE = Limits(), Stacking()

goods = st.builds(
    Goods,
    products=st.lists(st.sampled_from(PRODUCTS), max_size=3, unique=True).map(tuple),
    categories=st.lists(st.sampled_from(CATEGORIES), max_size=1).map(tuple),
    but=st.lists(st.sampled_from(PRODUCTS), max_size=1).map(tuple),
)
measure = st.sampled_from(["amount", "qty", "cases"])


def _rising(draw: st.DrawFn, most: int, count: int) -> list[int]:
    return sorted(draw(st.lists(st.integers(1, most), min_size=count, max_size=count, unique=True)))


@st.composite
def thresholds(draw: st.DrawFn, in_fen: bool | None = None, on: str | None = None) -> Threshold:
    by = draw(measure)
    in_fen = draw(st.booleans()) if in_fen is None else in_fen
    each = in_fen and draw(st.booleans())
    count = 1 if each else draw(st.integers(1, 3))
    at = _rising(draw, 3000 if by == "amount" else 12, count)
    off = _rising(draw, 900 if in_fen else 6000, count)
    if in_fen and by == "amount":
        at = [max(a, o) + n for n, (a, o) in enumerate(zip(at, off, strict=True))]
        at = [max(at[: n + 1]) + n for n in range(count)]
    steps = tuple(ThresholdStep(a, *((o, None) if in_fen else (None, o))) for a, o in zip(at, off, strict=True))
    return Threshold(steps, draw(goods), by, each, on or draw(st.sampled_from(["list", "net"])))  # type: ignore[arg-type]


@st.composite
def gift_forms(draw: st.DrawFn) -> GiftForm:
    by, each = draw(measure), draw(st.booleans())
    count = 1 if each else draw(st.integers(1, 2))
    item = st.builds(GiftItem, qty=st.integers(1, 3), product_id=st.sampled_from([None, 8, 9]))
    steps = [
        GiftStep(at, tuple(draw(st.lists(item, min_size=1, max_size=2))))
        for at in _rising(draw, 3000 if by == "amount" else 12, count)
    ]
    return GiftForm(tuple(steps), draw(goods), by, each)  # type: ignore[arg-type]  # one of its words


@st.composite
def bundles(draw: st.DrawFn) -> Bundle:
    mixed = draw(st.permutations(PRODUCTS))
    parts = [BundlePart(tuple(mixed[:2]), draw(st.integers(1, 3)))]
    if draw(st.booleans()):
        parts.append(BundlePart((mixed[2],), draw(st.integers(1, 2))))
    return Bundle(tuple(parts), draw(st.integers(1, 2000)))


discounts = st.one_of(
    st.builds(Discount, goods, off_bp=st.integers(1, 10_000)),
    st.builds(Discount, goods, off_fen=st.integers(1, 400)),
    st.builds(Discount, goods, price_fen=st.integers(1, 400)),
)
forms: st.SearchStrategy[Form] = st.one_of(thresholds(), discounts, gift_forms(), bundles())
few = st.none() | st.integers(0, 9)
limits = st.builds(Limits, per_order=st.none() | st.integers(1, 9))
stacking = st.builds(Stacking, st.integers(-1, 1), st.sampled_from(["", "", "甲", "乙"]), st.booleans())
rules = st.builds(Rule, forms, limits, stacking, first_order=st.booleans(), below_floor=st.booleans())
lefts = st.builds(Left, times=few, fen=st.none() | st.integers(0, 3000))


def offers(of: st.SearchStrategy[Rule], left: st.SearchStrategy[Left] = lefts) -> st.SearchStrategy[tuple[Offer, ...]]:
    source = st.sampled_from(["policy", "promotion"])
    made = st.lists(st.tuples(of, source, left), max_size=6)
    return made.map(lambda found: tuple(Offer(n, f"活动{n}", r, s, f) for n, (r, s, f) in enumerate(found, 1)))  # type: ignore[arg-type]


@st.composite
def lines(draw: st.DrawFn, key: str) -> Line:
    price_fen = draw(st.integers(1, 600))
    return Line(
        key,
        draw(st.sampled_from(PRODUCTS)),
        draw(st.integers(1, 40)),
        draw(st.integers(1, 600)),
        price_fen,
        draw(st.integers(1, price_fen + 20)),  # an exception may lie below the floor
        categories=tuple(draw(st.lists(st.sampled_from(CATEGORIES), max_size=2, unique=True))),
        case_qty=draw(st.sampled_from([1, 6, 12])),
    )


@st.composite
def baskets(draw: st.DrawFn, under: st.SearchStrategy[tuple[Offer, ...]] = offers(rules)) -> Basket:
    found = tuple(draw(lines(f"k{n}")) for n in range(draw(st.integers(1, 6))))
    to_give = (GiftGoods(9, 500, 480),)  # 8 is not to be had
    credit = draw(st.sampled_from([0, 0, 700, 10**6]))
    return Basket(found, draw(under), to_give, draw(st.booleans()), credit)


def without_credit(basket: Basket) -> Basket:
    return msgspec.structs.replace(basket, credit_fen=0)


def costs(priced: Priced) -> dict[str, int]:
    return {line.key: line.amount_fen for line in priced.lines}


many = settings(max_examples=60, deadline=None)


@many
@given(baskets())
def test_no_line_is_sold_below_its_floor_unless_the_rule_says_so(basket: Basket) -> None:
    kept = tuple(o for o in basket.offers if not o.rule.below_floor)
    basket = msgspec.structs.replace(without_credit(basket), offers=kept)
    for line, priced in zip(basket.lines, price(basket).lines, strict=True):
        assert priced.amount_fen >= min(line.floor_fen, line.list_fen) * line.qty


@many
@given(baskets())
def test_nothing_ever_costs_less_than_nothing_or_more_than_its_list_price(basket: Basket) -> None:
    for priced in price(basket).lines:
        assert 0 <= priced.amount_fen <= priced.list_fen


@many
@given(baskets())
def test_the_explanation_adds_up_to_what_is_paid(basket: Basket) -> None:
    priced = price(basket)
    for line in priced.lines:
        _is_a_chain(line.steps, line.amount_fen)
    for gift in priced.gifts:
        _is_a_chain(gift.steps, 0)
    taken: dict[int, int] = {}
    for step in [s for line in priced.lines for s in line.steps] + [s for gift in priced.gifts for s in gift.steps]:
        if step.rule_id is not None:
            taken[step.rule_id] = taken.get(step.rule_id, 0) + step.before_fen - step.after_fen
    assert taken == {used.rule_id: used.fen for used in priced.used}
    assert sum(line.credit_fen for line in priced.lines) == sum(map(_credited, priced.lines))
    assert sum(line.credit_fen for line in priced.lines) <= basket.credit_fen


def _is_a_chain(steps: tuple[Step, ...], end: int) -> None:
    for before, after in zip(steps, steps[1:], strict=False):
        assert before.after_fen == after.before_fen
        assert after.after_fen < after.before_fen, "a step that changes nothing says nothing"
    assert steps[-1].after_fen == end


def _credited(line: LinePriced) -> int:
    return sum(step.before_fen - step.after_fen for step in line.steps if step.kind == "credit")


@many
@given(baskets(), st.randoms(use_true_random=False))
def test_the_order_of_lines_and_rules_does_not_matter(basket: Basket, chance: random.Random) -> None:
    mixed_lines, mixed_offers = list(basket.lines), list(basket.offers)
    chance.shuffle(mixed_lines)
    chance.shuffle(mixed_offers)
    mixed = msgspec.structs.replace(basket, lines=tuple(mixed_lines), offers=tuple(mixed_offers))
    assert price(mixed) == price(basket)


@many
@given(baskets())
def test_the_same_basket_always_costs_the_same(basket: Basket) -> None:
    kept = msgspec.json.encode(basket)
    again = msgspec.json.decode(kept, type=Basket)
    assert price(again) == price(basket)
    assert msgspec.json.encode(basket) == kept, "pricing changes nothing that it is given"


by_line = rules.map(lambda rule: msgspec.structs.replace(rule, limits=NO_LIMITS, stacking=ALONE)).filter(shares_nothing)


@many
@given(baskets(offers(by_line, st.just(Left()))), lines("k9"))
def test_another_line_never_makes_a_line_dearer_where_rules_look_at_each_by_itself(basket: Basket, more: Line) -> None:
    basket = without_credit(basket)
    before = costs(price(basket))
    after = costs(price(msgspec.structs.replace(basket, lines=(*basket.lines, more))))
    assert all(after[key] <= fen for key, fen in before.items())


pooled = st.builds(Rule, st.one_of(thresholds(on="list"), discounts, gift_forms()), below_floor=st.booleans())


@many
@given(baskets(offers(pooled, st.just(Left()))), lines("k9"))
def test_another_line_never_makes_the_others_together_dearer(basket: Basket, more: Line) -> None:
    offers = tuple(msgspec.structs.replace(offer, source="promotion") for offer in basket.offers)
    basket = msgspec.structs.replace(without_credit(basket), offers=offers)
    before = price(basket).total_fen
    after = price(msgspec.structs.replace(basket, lines=(*basket.lines, more))).total_fen
    assert after <= before + more.list_fen * more.qty


@many
@given(baskets())
def test_nothing_is_given_beyond_what_is_left_of_a_limit(basket: Basket) -> None:
    by_id = {offer.id: offer for offer in basket.offers}
    for used in price(basket).used:
        offer = by_id[used.rule_id]
        for limit in (offer.left.times, offer.rule.limits.per_order):
            assert limit is None or used.times <= limit
        assert offer.left.fen is None or used.fen <= offer.left.fen
        assert basket.first_order or not offer.rule.first_order


@many
@given(baskets())
def test_two_rules_of_a_group_never_share_a_line(basket: Basket) -> None:
    by_id = {offer.id: offer for offer in basket.offers}
    for line in price(basket).lines:
        had = [by_id[step.rule_id].rule.stacking for step in line.steps if step.rule_id is not None]
        groups = [stacking.group for stacking in had if stacking.group]
        assert len(groups) == len(set(groups))
        assert len(had) < 2 or all(stacking.combines for stacking in had)


@many
@given(lines("k1"), st.integers(1, 12), st.integers(1, 3))
def test_who_buys_what_a_hint_asks_for_gets_what_it_promises(line: Line, at: int, count: int) -> None:
    rule = Rule(GiftForm((GiftStep(at, (GiftItem(count, 9),)),)))
    basket = Basket((line,), (Offer(1, "买赠", rule),), (GiftGoods(9, 500, 480),))
    before = price(basket)
    (hint,) = before.hints
    more = msgspec.structs.replace(line, qty=line.qty + hint.missing)
    after = price(msgspec.structs.replace(basket, lines=(more,)))
    assert _given_away(after) == _given_away(before) + count
    one_less = msgspec.structs.replace(line, qty=line.qty + hint.missing - 1)
    assert _given_away(price(msgspec.structs.replace(basket, lines=(one_less,)))) == _given_away(before)


def _given_away(priced: Priced) -> int:
    return sum(gift.qty for gift in priced.gifts)


@given(st.integers(0, 5000), st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 2000)), max_size=8))
def test_what_is_split_is_all_there_to_the_fen(fen: int, lines: list[tuple[int, int]]) -> None:
    weights, most = [weight for weight, _ in lines], [limit for _, limit in lines]
    given_out = allot(fen, weights, most)
    assert sum(given_out) == min(fen, sum(most))
    assert all(0 <= piece <= limit for piece, limit in zip(given_out, most, strict=True))


@given(st.integers(0, 10**7), st.lists(st.integers(1, 50), min_size=1, max_size=12))
def test_parts_that_come_one_by_one_add_up_to_the_line(fen: int, pieces: list[int]) -> None:
    whole, had, paid = sum(pieces), 0, 0
    for qty in pieces:
        piece = part(fen, had + qty, whole) - part(fen, had, whole)
        assert piece >= 0
        had, paid = had + qty, paid + piece
    assert paid == fen
