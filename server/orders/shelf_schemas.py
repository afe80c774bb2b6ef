"""Responses of the shelf: what a buyer can order, and what he usually orders."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from server.catalog.schemas import PackagingOut, ProductFilter
from server.orders.schemas import BuyerId


class ShelfFilter(ProductFilter):
    """What of the catalogue; the own org's, or that of a buyer for whom its staff orders."""

    buyer_id: BuyerId = None


class BuyerQuery(msgspec.Struct):
    """Whose catalogue: the own org's, or that of a buyer for whom its staff orders."""

    buyer_id: BuyerId = None


class CatalogProduct(msgspec.Struct):
    """A product as a buyer sees it, with the own price in fen per base unit."""

    id: int
    code: str
    name: str
    spec: str
    category_id: int
    image_url: str | None
    color: str
    base_unit: str
    price_fen: int
    guide_price_fen: int
    shelf_life_days: int
    available: Literal["in_stock", "low", "none"]
    packagings: list[PackagingOut]


class CatalogPage(msgspec.Struct):
    """A page of the catalogue."""

    items: list[CatalogProduct]
    next_cursor: str | None


class ScanResult(msgspec.Struct):
    """What a scanned barcode stands for."""

    product: CatalogProduct
    packaging_id: int
    code: str


class FrequentItem(msgspec.Struct):
    """What this buyer usually orders."""

    product: CatalogProduct
    packaging_id: int
    packaging_qty: int
    last_ordered_at: datetime


class FrequentList(msgspec.Struct):
    """What this buyer usually orders, the most often ordered first."""

    items: list[FrequentItem]
