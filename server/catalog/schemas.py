"""Requests and responses of the catalogue."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from server.core.types import Id, Limit, Name, ShortText, Version

PriceFen = Annotated[int, msgspec.Meta(ge=1, le=100_000_000, description="integer fen per base unit")]
UnitQty = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
GtinText = Annotated[str, msgspec.Meta(min_length=8, max_length=14, pattern=r"^[0-9]+$")]
ImageUrl = Annotated[str, msgspec.Meta(pattern=r"^/[^/\\\s][^\\\s]*$", max_length=100, description="on this host")]
ShelfLife = Annotated[int, msgspec.Meta(ge=0, le=10_000, description="days; 0: it does not expire")]
Color = Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-fA-F]{6}$")]


class CategoryOut(msgspec.Struct):
    """A category."""

    id: int
    parent_id: int | None
    name: str
    sort: int


class CategoryKept(msgspec.Struct):
    """A category as its keeper sees it; `product_count` are those right in it."""

    id: int
    parent_id: int | None
    name: str
    sort: int
    version: int
    product_count: int


class CategoryTree(msgspec.Struct):
    """All categories of the brand, for their keeper."""

    items: list[CategoryKept]


class CategoryEdit(msgspec.Struct):
    """Changes to a category; only what is given changes. `parent_id` null: to the top."""

    version: Version
    name: Name | None = None
    parent_id: Id | None | msgspec.UnsetType = msgspec.UNSET
    sort: Annotated[int, msgspec.Meta(ge=0, le=100_000)] | None = None


class Arrangement(msgspec.Struct):
    """The categories below another (null: at the top), in their order."""

    ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=200)]
    parent_id: Id | None = None


class CategoryList(msgspec.Struct):
    """All categories of the brand."""

    items: list[CategoryOut]


class NewCategory(msgspec.Struct):
    """A category to be added."""

    name: Name
    parent_id: Id | None = None
    sort: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 0


class PackagingOut(msgspec.Struct):
    """How a product is packed; `gtin` has 14 digits."""

    id: int
    name: str
    unit_qty: int
    gtin: str
    is_default: bool


class NewPackaging(msgspec.Struct):
    """A packaging to be added with its product."""

    name: Name
    unit_qty: UnitQty
    gtin: GtinText
    is_default: bool = False


class AddedPackaging(msgspec.Struct):
    """A packaging to be added to a product; `version` is that of the product as read."""

    version: Version
    packaging: NewPackaging


class PackagingEdit(msgspec.Struct):
    """Changes to a packaging; `version` is that of the product as read."""

    version: Version
    name: Name | None = None
    gtin: GtinText | None = None
    is_default: Literal[True] | None = None


class PackagingGone(msgspec.Struct):
    """Which state of the product the packaging is to be removed from."""

    version: Version


class NewProduct(msgspec.Struct):
    """A product with all its packagings; prices are fen per base unit."""

    category_id: Id
    code: Name
    name: Name
    base_unit: Name
    shelf_life_days: ShelfLife
    guide_price_fen: PriceFen
    floor_price_fen: PriceFen
    ceiling_price_fen: PriceFen
    packagings: Annotated[list[NewPackaging], msgspec.Meta(min_length=1, max_length=10)]
    spec: ShortText = ""
    color: Color = "#8aa4b8"
    image_url: ImageUrl | None = None


class ProductEdit(msgspec.Struct):
    """Changes to a product; only what is given changes."""

    version: Version
    name: Name | None = None
    spec: ShortText | None = None
    category_id: Id | None = None
    color: Color | None = None
    image_url: ImageUrl | None = None
    no_picture: Literal[True] | None = None
    shelf_life_days: ShelfLife | None = None
    guide_price_fen: PriceFen | None = None
    floor_price_fen: PriceFen | None = None
    ceiling_price_fen: PriceFen | None = None
    status: Literal["active", "stopped"] | None = None


class ProductOut(msgspec.Struct):
    """A product as its administrator sees it."""

    id: int
    category_id: int
    code: str
    name: str
    spec: str
    base_unit: str
    color: str
    image_url: str | None
    shelf_life_days: int
    guide_price_fen: int
    floor_price_fen: int
    ceiling_price_fen: int
    status: Literal["active", "stopped"]
    version: int
    packagings: list[PackagingOut]


class ProductList(msgspec.Struct):
    """A page of products."""

    items: list[ProductOut]
    next_cursor: str | None


ProductSort = Literal["newest", "code", "name", "price"]


class AssortmentFilter(msgspec.Struct):
    """What of all products to list, in which order."""

    category_id: Id | None = None
    q: ShortText | None = None
    status: Literal["active", "stopped"] | None = None
    sort: ProductSort = "newest"
    cursor: Annotated[str, msgspec.Meta(max_length=400)] | None = None
    limit: Limit = 50


class ProductFilter(msgspec.Struct):
    """What to list."""

    category_id: Id | None = None
    q: ShortText | None = None
    cursor: ShortText | None = None
    limit: Limit = 50
