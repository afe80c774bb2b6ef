"""What a buyer can order: the catalogue with the own prices and availability, scanning, quotes, usual orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from server.catalog import service as catalog
from server.catalog.routes import packagings
from server.catalog.schemas import ProductFilter
from server.core import clock, db
from server.core.actor import Actor
from server.core.errors import FieldError
from server.orders.prices import steps
from server.orders.schemas import (
    Credit,
    LineProblem,
    NewOrder,
    Quote,
    QuotedLine,
    QuoteLine,
    QuoteRequest,
)
from server.orders.shelf_schemas import CatalogProduct, FrequentItem, ScanResult
from server.pricing import offers as pricing
from server.pricing.offers import NotOffered
from server.rules.schemas import LineRule
from server.rules.service import RulesUnmet
from server.rules.terms import Applying, Line, applying, step, terms
from server.settlement import queries as money
from server.stock import service as stock

LOW_PACKAGES = 2
"""Of less than so many of its largest packagings a buyer is told that there is not much left."""

_FREQUENT = """
SELECT product_id, packaging_id, (percentile_disc(0.5) WITHIN GROUP (ORDER BY packaging_qty))::int AS packaging_qty,
       max(submitted_at) AS last_ordered_at
FROM (SELECT l.product_id, l.packaging_id, l.packaging_qty, o.submitted_at
      FROM (SELECT root_id, id, submitted_at FROM orders WHERE root_id = $1 AND buyer_id = $2
            ORDER BY id DESC LIMIT 30) o
      JOIN order_line l ON l.root_id = o.root_id AND l.order_id = o.id) recent
GROUP BY 1, 2
ORDER BY count(*) DESC, max(submitted_at) DESC
LIMIT $3
"""


def _product(found: db.Row, left: dict[int, int]) -> CatalogProduct:
    packed = packagings(found)
    largest = max((item.unit_qty for item in packed), default=1)
    available = left.get(found["id"], 0)
    return CatalogProduct(
        id=found["id"],
        code=found["code"],
        name=found["name"],
        spec=found["spec"],
        category_id=found["category_id"],
        image_url=found["image_url"],
        color=found["color"],
        base_unit=found["base_unit"],
        price_fen=found["price_fen"],
        guide_price_fen=found["guide_price_fen"],
        shelf_life_days=found["shelf_life_days"],
        available="none" if available <= 0 else "low" if available < LOW_PACKAGES * largest else "in_stock",
        packagings=packed,
    )


async def _with_stock(actor: Actor, found: Sequence[db.Row]) -> list[CatalogProduct]:
    supplier = actor.supplier_id or actor.org_id
    left = await stock.available(actor.root_id, supplier, [item["id"] for item in found])
    return [_product(item, left) for item in found]


async def browse(actor: Actor, wanted: ProductFilter) -> tuple[list[CatalogProduct], str | None]:
    """A page of what the own org can buy (T1)."""
    found, cursor = await pricing.offers(actor, wanted)
    return await _with_stock(actor, found), cursor


async def scan(actor: Actor, code: str) -> ScanResult:
    """The product and packaging of a scanned barcode (T2); `NotOffered` when the supplier does not sell it."""
    scanned = await catalog.scan(actor, code)
    found = (await pricing.offers_by_id(actor, [scanned.product_id])).get(scanned.product_id)
    if found is None or (found["price_fen"] is None and actor.supplier_id is not None):
        raise NotOffered(f"条码 {code} 的商品，供应商暂不供应")
    offer = dict(found)
    offer["price_fen"] = offer["price_fen"] or offer["guide_price_fen"]
    return ScanResult((await _with_stock(actor, [offer]))[0], scanned.packaging_id, code)


async def frequent(actor: Actor, limit: int = 30) -> list[FrequentItem]:
    """What the own org usually orders, from its last 30 orders, with the usual quantity (T1)."""
    usual = await db.rows(_FREQUENT, actor.root_id, actor.org_id, limit)
    offers = await pricing.offers_by_id(actor, [item["product_id"] for item in usual])
    offered = [offer for offer in offers.values() if offer["price_fen"] is not None]
    shown = {item.id: item for item in await _with_stock(actor, offered)}
    return [
        FrequentItem(shown[u["product_id"]], u["packaging_id"], u["packaging_qty"], u["last_ordered_at"])
        for u in usual
        if u["product_id"] in shown
    ]


async def quote(actor: Actor, cart: QuoteRequest) -> Quote:
    """Price a cart with the steps of each price, what it lacks by the seller's rules, and the credit that is left."""
    product_ids = [line.product_id for line in cart.lines]
    offers = await pricing.offers_by_id(actor, product_ids)
    left = await stock.available(actor.root_id, actor.supplier_id or actor.org_id, product_ids)
    found = await _rules(actor, cart.address_id, product_ids)
    rules = found.goods if found else {}
    lines = [_line(line.packaging_id, line.packaging_qty, offers.get(line.product_id)) for line in cart.lines]
    quoted = [
        _quoted(n, asked, line, offers.get(asked.product_id), rules.get(asked.product_id), left)
        for n, (asked, line) in enumerate(zip(cart.lines, lines, strict=True), 1)
    ]
    total = sum(line.amount_fen for line in quoted)
    said = found and terms(found, total, lines, cart.delivery_method, cart.wished_on, clock.now())
    for finding in said.findings if said else ():
        if finding.code == "multiple":
            quoted[int(finding.pointer.split("/")[2])].problem = LineProblem(finding.code, finding.detail)
    return Quote(quoted, total, await _credit(actor), said)


async def _rules(actor: Actor, address_id: int | None, product_ids: Sequence[int]) -> Applying | None:
    """The supplier's rules for the own org; the brand has no supplier."""
    if actor.supplier_id is None:
        return None
    return await applying(actor.root_id, actor.supplier_id, actor.org_id, address_id, product_ids)


async def outside_rules(actor: Actor, order: NewOrder, moment: datetime) -> RulesUnmet:
    """The refusal of an order that does not keep to the seller's rules: all that it lacks, and what would do.

    `may_override`: it is the seller who orders for a buyer, and who may go on all the same.
    """
    product_ids = [line.product_id for line in order.lines]
    offers = await pricing.offers_by_id(actor, product_ids)
    found = await _rules(actor, order.address_id, product_ids)
    lines = [_line(line.packaging_id, line.packaging_qty, offers.get(line.product_id)) for line in order.lines]
    total = sum(line.qty * asked.price_fen for line, asked in zip(lines, order.lines, strict=True))
    said = found and terms(found, total, lines, order.delivery_method, order.wished_on, moment)
    if not said or not said.findings:  # they were changed between the refusal and this look
        return RulesUnmet("供应商刚刚改过下单规则，请重新提交")
    first, more = said.findings[0].detail, len(said.findings) - 1
    errors = [FieldError(finding.pointer, finding.detail) for finding in said.findings]
    words = first + (f"；另有 {more} 处不符合下单规则" if more else "")
    return RulesUnmet(words, errors, dates=said.dates[:7], may_override=order.buyer_id is not None)


def _line(packaging_id: int, packaging_qty: int, offer: db.Row | None) -> Line:
    """A line as the rules see it; of what is not offered there is none."""
    packed = {} if offer is None else {item.id: item for item in packagings(offer)}
    if offer is None or packaging_id not in packed:
        return Line(0, "", "", 1, 0)
    return Line(offer["id"], offer["name"], offer["base_unit"], packed[packaging_id].unit_qty, packaging_qty)


def _quoted(
    line_no: int, asked: QuoteLine, line: Line, offer: db.Row | None, rule: LineRule | None, left: Mapping[int, int]
) -> QuotedLine:
    if offer is None or offer["price_fen"] is None or not line.product_id:
        problem = LineProblem("not_offered", "供应商暂不供应，请移除")
        return QuotedLine(line_no, asked.product_id, asked.packaging_id, asked.packaging_qty, 1, 0, 0, 0, [], problem)
    short = LineProblem("stock_low", "供应商库存可能不足，以审核结果为准")
    least, by = step(rule, line.unit_qty)
    return QuotedLine(
        line_no=line_no,
        product_id=asked.product_id,
        packaging_id=asked.packaging_id,
        packaging_qty=asked.packaging_qty,
        unit_qty=line.unit_qty,
        qty=line.qty,
        price_fen=offer["price_fen"],
        amount_fen=line.qty * offer["price_fen"],
        steps=steps(offer["guide_price_fen"], offer["price_fen"], line.qty),
        problem=short if left.get(asked.product_id, 0) < line.qty else None,
        least_qty=least,
        step_qty=by,
    )


async def _credit(actor: Actor) -> Credit | None:
    pair = await money.balance(actor.org_id)
    if pair is None or pair["limit_fen"] is None:
        return None
    used = pair["receivable_fen"] + pair["committed_fen"] - pair["prepaid_fen"]
    return Credit(pair["limit_fen"], used, pair["limit_fen"] - used)
