"""What a buyer can order: the catalogue with the own prices and availability, scanning, quotes, usual orders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from server.catalog import service as catalog
from server.catalog.routes import packagings
from server.catalog.schemas import ProductFilter
from server.core import db
from server.core.actor import Actor
from server.orders.prices import steps
from server.orders.schemas import (
    Credit,
    LineProblem,
    Quote,
    QuotedLine,
    QuoteLine,
)
from server.orders.shelf_schemas import CatalogProduct, FrequentItem, ScanResult
from server.pricing import offers as pricing
from server.pricing.offers import NotOffered
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


def _problem(code: str, detail: str) -> LineProblem:
    return LineProblem(code, detail)


async def quote(actor: Actor, lines: Iterable[QuoteLine]) -> Quote:
    """Price a cart with the steps of each price, what cannot be ordered, and the credit that is left."""
    wanted = list(lines)
    offers = await pricing.offers_by_id(actor, [line.product_id for line in wanted])
    left = await stock.available(
        actor.root_id, actor.supplier_id or actor.org_id, [line.product_id for line in wanted]
    )
    quoted = [_quoted(n, line, offers.get(line.product_id), left) for n, line in enumerate(wanted, 1)]
    total = sum(line.amount_fen for line in quoted)
    return Quote(quoted, total, await _credit(actor))


def _quoted(line_no: int, line: QuoteLine, offer: db.Row | None, left: dict[int, int]) -> QuotedLine:
    packed = {} if offer is None else {item.id: item for item in packagings(offer)}
    packaging = packed.get(line.packaging_id)
    if offer is None or offer["price_fen"] is None or packaging is None:
        problem = _problem("not_offered", "供应商暂不供应，请移除")
        return QuotedLine(line_no, line.product_id, line.packaging_id, line.packaging_qty, 1, 0, 0, 0, [], problem)
    qty = line.packaging_qty * packaging.unit_qty
    available = left.get(line.product_id, 0)
    short = _problem("stock_low", "供应商库存可能不足，以审核结果为准") if available < qty else None
    return QuotedLine(
        line_no=line_no,
        product_id=line.product_id,
        packaging_id=line.packaging_id,
        packaging_qty=line.packaging_qty,
        unit_qty=packaging.unit_qty,
        qty=qty,
        price_fen=offer["price_fen"],
        amount_fen=qty * offer["price_fen"],
        steps=steps(offer["guide_price_fen"], offer["price_fen"]),
        problem=short,
    )


async def _credit(actor: Actor) -> Credit | None:
    pair = await money.balance(actor.org_id)
    if pair is None or pair["limit_fen"] is None:
        return None
    used = pair["receivable_fen"] + pair["committed_fen"] - pair["prepaid_fen"]
    return Credit(pair["limit_fen"], used, pair["limit_fen"] - used)
