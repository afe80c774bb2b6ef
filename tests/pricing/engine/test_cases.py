"""What a store has to pay, worked out by hand: the usual promotions of Chinese wholesale, with their boundaries.

Prices of the goods are in `goods.py`: cola ¥3 (case of 24: ¥72, floor ¥2.50), tea ¥4 (case of 12: ¥48, floor ¥3.20),
noodles ¥2.50 (case of 20: ¥50, floor ¥2), milk ¥60 a box (floor ¥50); `open_priced` ones have no floor to speak of.
Amounts are fen, and each case says how they come about.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

from server.pricing.engine import Basket, Bundle, Discount, GiftForm, Goods, Left, Threshold, price
from server.pricing.engine.forms import BundlePart, GiftItem, GiftStep, Limits, Stacking, ThresholdStep
from tests.pricing.engine.goods import COLA, DRINKS, FOOD, MILK, NOODLES, TEA, basket, of, offer, open_priced


class Case(NamedTuple):
    """A basket, what each line costs (by key), which gifts come (product, quantity), what is missing to a next step."""

    name: str
    basket: Basket
    costs: dict[str, int]
    gifts: tuple[tuple[int, int], ...] = ()
    hints: tuple[str, ...] = ()


def yuan_off(*steps: tuple[int, int], each: bool = False, goods: Goods = Goods(), by: str = "amount") -> Threshold:
    return Threshold(tuple(ThresholdStep(at, off) for at, off in steps), goods, by, each)  # type: ignore[arg-type]


def part_off(*steps: tuple[int, int], goods: Goods = Goods(), by: str = "amount") -> Threshold:
    return Threshold(tuple(ThresholdStep(at, off_bp=off) for at, off in steps), goods, by)  # type: ignore[arg-type]


def same_free(buy: int, get: int, by: str = "qty", each: bool = True) -> GiftForm:
    return GiftForm((GiftStep(buy, (GiftItem(get),)),), by=by, each=each)  # type: ignore[arg-type]


def tissues_free(at: int, qty: int, by: str = "amount", each: bool = False) -> GiftForm:
    return GiftForm((GiftStep(at, (GiftItem(qty, 9),)),), by=by, each=each)  # type: ignore[arg-type]


ONLY_COLA, ONLY_TEA = Goods(products=(1,)), Goods(products=(2,))
DUO = Bundle((BundlePart((1,), 2), BundlePart((2,), 1)), 900)
"""Two colas (¥6) and a tea (¥4) for ¥9."""

CASES = [
    Case("nothing on: the list price", basket(of(COLA, 24)), {"1": 7200}),  # 24 × 300
    # 满减: one amount over all goods
    Case(
        "满100减10, one fen is missing",
        basket(open_priced(COLA, 33), offers=(offer(yuan_off((9901, 1000))),)),  # 33 × 300 = 9900
        {"1": 9900},
        hints=("活动1：再买 ¥0.01减 ¥10",),
    ),
    Case(
        "满99减10, exactly reached",
        basket(open_priced(COLA, 33), offers=(offer(yuan_off((9900, 1000))),)),
        {"1": 8900},  # 9900 - 1000
    ),
    Case(
        "满减 over two lines is shared in proportion",
        basket(open_priced(COLA, 20), open_priced(TEA, 10), offers=(offer(yuan_off((10000, 1000))),)),
        {"1": 5400, "2": 3600},  # 6000 : 4000, so 600 and 400 off
    ),
    Case(
        "what cannot be split evenly: the fen goes to the largest remainder",
        # 300 : 400 : 250 of 950; 100 off: 31.58, 42.11, 26.32 → 31 + 42 + 26 = 99, the last fen to .58
        basket(
            open_priced(COLA, 1), open_priced(TEA, 1), open_priced(NOODLES, 1),
            offers=(offer(yuan_off((900, 100))),),
        ),
        {"1": 268, "2": 358, "3": 224},
    ),
    Case(
        "equal lines: the odd fen goes to the first key",
        basket(open_priced(COLA, 1), open_priced(COLA, 1, "1b"), offers=(offer(yuan_off((600, 101))),)),
        {"1": 249, "1b": 250},  # 51 and 50 off
    ),
    Case(
        "stepped 满减: the highest step holds, and the next one is named",
        basket(
            open_priced(COLA, 200),  # 60000
            offers=(offer(yuan_off((50000, 4000), (100000, 10000))),),
        ),
        {"1": 56000},
        hints=("活动1：再买 ¥400减 ¥100",),
    ),
    Case(
        "stepped 满减: on the highest step nothing is missing any more",
        basket(open_priced(COLA, 400), offers=(offer(yuan_off((50000, 4000), (100000, 10000))),)),
        {"1": 110000},
    ),
    Case(
        "每满100减8, as often as it is reached",
        basket(open_priced(COLA, 120), offers=(offer(yuan_off((10000, 800), each=True)),)),
        {"1": 33600},  # 36000: three times 800
        hints=("活动1：再买 ¥40减 ¥8",),
    ),
    Case(
        "每满100减8, at most twice an order",
        basket(open_priced(COLA, 120), offers=(offer(yuan_off((10000, 800), each=True), limits=Limits(per_order=2)),)),
        {"1": 34400},
    ),
    Case(
        "满10箱减50 counts whole cases of each product",
        basket(
            open_priced(COLA, 7 * 24 + 23), open_priced(TEA, 3 * 12),
            offers=(offer(yuan_off((10, 5000), by="cases")),),
        ),
        # 7 + 3 = 10 cases; 57300 : 14400 of 71700; 5000 off: 3995.8 and 1004.2
        {"1": 57300 - 3996, "2": 14400 - 1004},
    ),
    Case(
        "满10箱减50, one case is missing although the loose bottles would make one",
        basket(
            open_priced(COLA, 6 * 24 + 23), open_priced(TEA, 3 * 12 + 1),
            offers=(offer(yuan_off((10, 5000), by="cases")),),
        ),
        {"1": 50100, "2": 14800},
        hints=("活动1：再买 1箱减 ¥50",),
    ),
    Case(
        "满减 on a category: other goods neither count nor pay less",
        basket(
            open_priced(COLA, 30), open_priced(NOODLES, 100),
            offers=(offer(yuan_off((10000, 1000), goods=Goods(categories=(DRINKS,)))),),
        ),
        {"1": 9000, "3": 25000},
        hints=("活动1：再买 ¥10减 ¥10",),
    ),
    Case(
        "满减 on a category without some of its products",
        basket(
            open_priced(COLA, 30), open_priced(TEA, 10),
            offers=(offer(yuan_off((10000, 1000), goods=Goods(categories=(DRINKS,), but=(2,)))),),
        ),
        {"1": 9000, "2": 4000},
        hints=("活动1：再买 ¥10减 ¥10",),
    ),
    Case(
        "满2件打9折",
        basket(of(MILK, 2), offers=(offer(part_off((2, 1000), by="qty")),)),
        {"4": 10800},  # 12000 less a tenth
    ),
    Case(
        "满2件打8折 stops at the floor",
        basket(of(MILK, 2), offers=(offer(part_off((2, 2000), by="qty")),)),
        {"4": 10000},  # 9600 would be below 2 × 5000
    ),
    Case(
        "满减 past the floor of one line: the rest goes to the other",
        # 2 × 6000 may lose 2000, 10 × 400 is open: 5000 off 12000 : 4000 would be 3750 and 1250
        basket(of(MILK, 2), open_priced(TEA, 10), offers=(offer(yuan_off((16000, 5000))),)),
        {"4": 10000, "2": 1000},
    ),
    # 折扣, 立减, 特价
    Case(
        "八五折 of one product, half up",
        # 7 × 300 = 2100, 15 % = 315; 1 × 250, 15 % = 37.5 → 38
        basket(open_priced(COLA, 7), open_priced(NOODLES, 1), offers=(offer(Discount(off_bp=1500)),)),
        {"1": 1785, "3": 212},
    ),
    Case(
        "立减 ¥0.40 a bottle",
        basket(of(COLA, 24), of(TEA, 1), offers=(offer(Discount(ONLY_COLA, off_fen=40)),)),
        {"1": 6240, "2": 400},  # 24 × 260
    ),
    Case(
        "立减 ¥1 a bottle, where only ¥0.50 are left to the floor",
        basket(of(COLA, 24), offers=(offer(Discount(off_fen=100)),)),
        {"1": 6000},  # 24 × 250
    ),
    Case(
        "立减 below the floor, as the rule says so",
        basket(of(COLA, 24), offers=(offer(Discount(off_fen=100), below_floor=True),)),
        {"1": 4800},  # 24 × 200
    ),
    Case(
        "立减 of more than the price: free, never less",
        basket(of(COLA, 2), offers=(offer(Discount(off_fen=400), below_floor=True),)),
        {"1": 0},
    ),
    Case(
        "特价 ¥2.60",
        basket(of(COLA, 10), offers=(offer(Discount(price_fen=260)),)),
        {"1": 2600},
    ),
    Case(
        "特价 above the own list price changes nothing",
        basket(of(COLA, 10), offers=(offer(Discount(price_fen=310)),)),
        {"1": 3000},
    ),
    Case(
        "特价 for the first 10 bottles of an order",
        basket(of(COLA, 24), offers=(offer(Discount(price_fen=260), limits=Limits(per_order=10)),)),
        {"1": 6800},  # 10 × 260 + 14 × 300
    ),
    Case(
        "特价 of which 3 bottles are left",
        basket(of(COLA, 24), offers=(offer(Discount(price_fen=260), left=Left(times=3)),)),
        {"1": 7080},  # 3 × 260 + 21 × 300
    ),
    Case(
        "立减 ¥0.40 with ¥1 left in the budget: two bottles",
        basket(of(COLA, 24), offers=(offer(Discount(off_fen=40), left=Left(fen=100)),)),
        {"1": 7120},  # 7200 - 2 × 40
    ),
    # 买赠
    Case(
        "买10箱送1箱 of the same",
        basket(of(COLA, 240), offers=(offer(same_free(240, 24)),)),
        {"1": 72000},
        gifts=((1, 24),),
        hints=("活动1：再买 10箱送 1箱",),
    ),
    Case(
        "买10箱送1箱, a bottle is missing",
        basket(of(COLA, 239), offers=(offer(same_free(240, 24)),)),
        {"1": 71700},
        hints=("活动1：再买 1瓶送 1箱",),
    ),
    Case(
        "买10送1 counts each product by itself",
        basket(of(COLA, 6), of(TEA, 25), offers=(offer(same_free(10, 1)),)),
        {"1": 1800, "2": 10000},
        gifts=((2, 2),),
        hints=("活动1：再买 4瓶送 1瓶",),
    ),
    Case(
        "满200送纸巾, once",
        basket(of(COLA, 140), offers=(offer(tissues_free(20000, 2)),)),
        {"1": 42000},
        gifts=((9, 2),),
    ),
    Case(
        "每满200送纸巾, twice",
        basket(of(COLA, 140), offers=(offer(tissues_free(20000, 2, each=True)),)),
        {"1": 42000},  # 42000: twice 20000
        gifts=((9, 4),),
        hints=("活动1：再买 ¥180送 纸巾2提",),
    ),
    Case(
        "gifts for ¥12 left, each worth ¥10: only one of two",
        basket(of(COLA, 140), offers=(offer(tissues_free(20000, 2, each=True), left=Left(fen=1200)),)),
        {"1": 42000},
        gifts=((9, 2),),
    ),
    Case(
        "a gift that is not to be had is not promised",
        basket(of(COLA, 140), offers=(offer(GiftForm((GiftStep(1, (GiftItem(1, 8),)),))),)),
        {"1": 42000},
    ),
    # 组合价, 任选
    Case(
        "two colas and a tea for ¥9",
        basket(open_priced(COLA, 2), open_priced(TEA, 1), offers=(offer(DUO),)),
        {"1": 540, "2": 360},  # 100 off 600 : 400
    ),
    Case(
        "the same three times, with goods left over",
        basket(open_priced(COLA, 7), open_priced(TEA, 3), offers=(offer(DUO),)),
        # 300 off 1800 : 1200 of the six and three; the seventh cola stays; for a fourth bundle both parts are missing
        {"1": 1920, "2": 1080},
    ),
    Case(
        "a part of the bundle is missing",
        basket(open_priced(COLA, 2), offers=(offer(DUO),)),
        {"1": 600},
        hints=("活动1：再买 1件搭配商品，可按组合价 ¥9",),
    ),
    Case(
        "任选3件¥8: the dearest three",
        # two teas (800) and a cola (300) = 1100: 300 off 800 : 300, 218.2 and 81.8; the noodles stay out
        basket(
            open_priced(COLA, 1), open_priced(TEA, 2), open_priced(NOODLES, 2),
            offers=(offer(Bundle((BundlePart((1, 2, 3), 3),), 800)),),
        ),
        {"1": 300 - 82, "2": 800 - 218, "3": 500},
        hints=("活动1：再买 1件，可按组合价 ¥8",),
    ),
    Case(
        "a bundle that is dearer than its goods is not made",
        basket(of(COLA, 2), of(TEA, 1), offers=(offer(Bundle(DUO.parts, 1001)),)),
        {"1": 600, "2": 400},
        hints=(),
    ),
    # what goes with what
    Case(
        "a policy comes before a promotion: 九折, then 满减 of the rest",
        # 40 × 300 = 12000, a tenth off: 10800, then 1000
        basket(
            open_priced(COLA, 40),
            offers=(offer(yuan_off((10000, 1000)), 1), offer(Discount(off_bp=1000), 2, source="policy")),
        ),
        {"1": 9800},
    ),
    Case(
        "满减 measures list prices: a discount before it does not take it away",
        basket(open_priced(COLA, 34), offers=(offer(yuan_off((10000, 1000)), 1), offer(Discount(off_bp=1000), 2))),
        {"1": 8180},  # 10200 - 1020 - 1000
    ),
    Case(
        "满减 that measures what is left: 9180 is not 10000",
        basket(
            open_priced(COLA, 34),
            offers=(
                offer(Threshold((ThresholdStep(10000, 1000),), on="net"), 1),
                offer(Discount(off_bp=1000), 2),
            ),
        ),
        {"1": 9180},
        hints=("活动1：再买 ¥8.20减 ¥10",),
    ),
    Case(
        "of a group the one that saves more",
        basket(
            open_priced(COLA, 10),
            offers=(
                offer(Discount(off_bp=1000), 1, stacking=Stacking(group="日常")),
                offer(Discount(off_fen=50), 2, stacking=Stacking(group="日常")),
            ),
        ),
        {"1": 2500},  # 500 off rather than 300
    ),
    Case(
        "of a group the one of higher priority, although it saves less",
        basket(
            open_priced(COLA, 10),
            offers=(
                offer(Discount(off_bp=1000), 1, stacking=Stacking(1, "日常")),
                offer(Discount(off_fen=50), 2, stacking=Stacking(0, "日常")),
            ),
        ),
        {"1": 2700},
    ),
    Case(
        "not with others: it has its line for itself, the other line gets the rest",
        basket(
            open_priced(COLA, 10), open_priced(TEA, 10),
            offers=(
                offer(Discount(ONLY_COLA, off_bp=2000), 1, stacking=Stacking(combines=False)),
                offer(Discount(off_bp=1000), 2),
            ),
        ),
        {"1": 2400, "2": 3600},
    ),
    Case(
        "not with others: too late for a line that another has had",
        basket(
            open_priced(COLA, 10),
            offers=(
                offer(Discount(off_bp=2000), 1, stacking=Stacking(combines=False)),
                offer(Discount(off_bp=1000), 2, stacking=Stacking(priority=5)),
            ),
        ),
        {"1": 2700},
    ),
    Case(
        "首单立减 for a first order",
        basket(open_priced(COLA, 40), offers=(offer(yuan_off((10000, 2000)), first_order=True),), first_order=True),
        {"1": 10000},
    ),
    Case(
        "首单立减 for nobody else",
        basket(open_priced(COLA, 40), offers=(offer(yuan_off((10000, 2000)), first_order=True),)),
        {"1": 12000},
    ),
    Case(
        "a promotion that is used up",
        basket(open_priced(COLA, 40), offers=(offer(yuan_off((10000, 2000)), left=Left(times=0)),)),
        {"1": 12000},
    ),
    Case(
        "a budget that does not hold one more time",
        basket(open_priced(COLA, 40), offers=(offer(yuan_off((10000, 2000)), left=Left(fen=1999)),)),
        {"1": 12000},
    ),
    Case(
        "rebate credit pays last, in proportion, below the floor too",
        basket(of(MILK, 1), of(TEA, 5), credit_fen=4000),
        {"4": 3000, "2": 1000},  # 6000 : 2000
    ),
    Case(
        "more credit than the order costs",
        basket(of(TEA, 5), credit_fen=9999),
        {"2": 0},
    ),
    Case(
        "food and drinks, each with its own: 满减 on food, 九折 on drinks",
        basket(
            open_priced(TEA, 10), open_priced(NOODLES, 40),
            offers=(
                offer(yuan_off((10000, 500), goods=Goods(categories=(FOOD,))), 1),
                offer(Discount(Goods(categories=(DRINKS,)), off_bp=1000), 2),
            ),
        ),
        {"2": 3600, "3": 9500},
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_what_a_store_pays(case: Case) -> None:
    priced = price(case.basket)
    assert {line.key: line.amount_fen for line in priced.lines} == case.costs
    assert [(gift.product_id, gift.qty) for gift in priced.gifts] == list(case.gifts)
    assert [hint.words for hint in priced.hints] == list(case.hints)
