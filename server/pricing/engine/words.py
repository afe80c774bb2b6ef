"""Rules and steps in the words of those who buy by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from server.core.money import quantity, yuan
from server.pricing.engine.basket import GiftGoods
from server.pricing.engine.forms import (
    Bundle,
    Discount,
    GiftForm,
    GiftItem,
    GiftStep,
    Measure,
    Threshold,
    ThresholdStep,
)
from server.pricing.engine.sheet import Row
from server.pricing.engine.sums import WHOLE_BP


def money(fen: int) -> str:
    """`5000` → `¥50`, `4990` → `¥49.90`."""
    return yuan(fen).removesuffix(".00")


def fold(off_bp: int) -> str:
    """`1500` off → `8.5 折`."""
    return f"{(WHOLE_BP - off_bp) / 1000:g} 折"


def amount(value: int, by: Measure, rows: Sequence[Row] = ()) -> str:
    """What a threshold measures: `¥500`, `3箱`, `26瓶`."""
    if by == "amount":
        return money(value)
    if by == "cases":
        names = {row.line.case_name for row in rows}
        return f"{value}{names.pop() if len(names) == 1 else '箱'}"
    units = {(row.line.case_qty, row.line.case_name, row.line.base_unit) for row in rows}
    if len(units) == 1:
        return quantity(value, *units.pop())
    bases = {row.line.base_unit for row in rows}
    return f"{value}{bases.pop() if len(bases) == 1 else '件'}"


def gain(
    step: ThresholdStep | GiftStep, rows: Sequence[Row] = (), goods: Mapping[int, GiftGoods] = MappingProxyType({})
) -> str:
    """What a step brings: `减 ¥50`, `打 8.5 折`, `送 1箱`, `送 纸巾2包`."""
    if isinstance(step, ThresholdStep):
        return f"减 {money(step.off_fen)}" if step.off_fen is not None else f"打 {fold(step.off_bp or 0)}"
    return "送 " + "、".join(_given(gift, rows, goods) for gift in step.gifts)


def _given(gift: GiftItem, rows: Sequence[Row], goods: Mapping[int, GiftGoods]) -> str:
    if gift.product_id is None:
        return amount(gift.qty, "qty", rows)
    known = goods.get(gift.product_id)
    return f"{known.name}{gift.qty}{known.base_unit}" if known else f"赠品{gift.qty}件"


def discount(form: Discount) -> str:
    """`打 8.5 折`, `每件减 ¥2`, `特价 ¥9.90`."""
    if form.off_bp is not None:
        return f"打 {fold(form.off_bp)}"
    return f"每件减 {money(form.off_fen)}" if form.off_fen is not None else f"特价 {money(form.price_fen or 0)}"


def threshold(form: Threshold, step: ThresholdStep, rows: Sequence[Row] = (), times: int = 1) -> str:
    """`满 ¥500 减 ¥50`, `每满 10箱减 ¥30，3 次`."""
    more = f"，{times} 次" if times > 1 else ""
    return f"{'每' if form.each else ''}满 {amount(step.at, form.by, rows)}{gain(step, rows)}{more}"


def gift(
    form: GiftForm,
    step: GiftStep,
    rows: Sequence[Row] = (),
    goods: Mapping[int, GiftGoods] = MappingProxyType({}),
) -> str:
    """`每满 10箱送 1箱`."""
    return f"{'每' if form.each else ''}满 {amount(step.at, form.by, rows)}{gain(step, rows, goods)}"


def bundle(form: Bundle, times: int = 1) -> str:
    """`组合价 ¥99，2 套`."""
    return f"组合价 {money(form.price_fen)}" + (f"，{times} 套" if times > 1 else "")


def form(
    of: Threshold | Discount | GiftForm | Bundle,
    rows: Sequence[Row] = (),
    goods: Mapping[int, GiftGoods] = MappingProxyType({}),
) -> str:
    """A form in one sentence, for lists: `满 ¥500 减 ¥50；满 ¥1,000 减 ¥120`."""
    if isinstance(of, Threshold):
        return "；".join(threshold(of, step, rows) for step in of.steps)
    if isinstance(of, GiftForm):
        return "；".join(gift(of, step, rows, goods) for step in of.steps)
    return discount(of) if isinstance(of, Discount) else bundle(of)


def listed(guide_fen: int, list_fen: int) -> str:
    """How a list price stands to the guide price, per base unit."""
    if guide_fen == list_fen:
        return f"供货价 {yuan(list_fen)}"
    apart = "低" if list_fen < guide_fen else "高"
    return f"供货价 {yuan(list_fen)}，比指导价{apart} {yuan(abs(list_fen - guide_fen))}"
