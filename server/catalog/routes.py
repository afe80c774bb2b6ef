"""HTTP of the catalogue's administration; what buyers see is in `orders/shelf.py`."""

from __future__ import annotations

import msgspec
from sanic import Request

from server.catalog import assortment, packs, service, tree
from server.catalog.gtin import GtinCheckDigit
from server.catalog.schemas import (
    AddedPackaging,
    Arrangement,
    AssortmentFilter,
    CategoryEdit,
    CategoryKept,
    CategoryList,
    CategoryOut,
    CategoryTree,
    NewCategory,
    NewProduct,
    PackagingEdit,
    PackagingGone,
    PackagingOut,
    ProductEdit,
    ProductList,
    ProductOut,
)
from server.core import db, files
from server.core.actor import Actor
from server.core.errors import NotFound, StaleVersion
from server.core.http import Raw, Routes

routes = Routes("catalog")
_packagings = msgspec.json.Decoder(list[PackagingOut])


def packagings(found: db.Row) -> list[PackagingOut]:
    """The packagings of a product row."""
    return _packagings.decode(found["packagings"] or "[]")


def _product(found: db.Row) -> ProductOut:
    return msgspec.convert({**found, "packagings": packagings(found)}, ProductOut)


@routes.get("/catalog/categories", permission="catalog.read")
async def list_categories(actor: Actor) -> CategoryList:
    """All categories."""
    found = await service.list_categories(actor)
    return CategoryList([msgspec.convert(item, CategoryOut, from_attributes=True) for item in found])


@routes.post("/categories", permission="catalog.manage", status=201, errors=[NotFound, service.CodeTaken])
async def create_category(actor: Actor, body: NewCategory) -> CategoryOut:
    """Add a category."""
    return msgspec.convert(await service.create_category(actor, body), CategoryOut, from_attributes=True)


@routes.get("/categories", permission="catalog.manage")
async def list_category_tree(actor: Actor) -> CategoryTree:
    """All categories, for their keeper."""
    return CategoryTree([msgspec.convert(dict(item), CategoryKept) for item in await tree.counted(actor)])


@routes.patch(
    "/categories/<category_id:int>",
    permission="catalog.manage",
    errors=[StaleVersion, service.CodeTaken, tree.CategoryMisplaced],
)
async def edit_category(actor: Actor, category_id: int, body: CategoryEdit) -> CategoryOut:
    """Rename or move a category."""
    return msgspec.convert(await tree.edit_category(actor, category_id, body), CategoryOut, from_attributes=True)


@routes.post(
    "/categories/arrange",
    permission="catalog.manage",
    errors=[NotFound, service.CodeTaken, tree.CategoryMisplaced],
)
async def arrange_categories(actor: Actor, body: Arrangement) -> None:
    """Put categories below another, in this order."""
    await tree.arrange_categories(actor, body)


@routes.delete("/categories/<category_id:int>", permission="catalog.manage", errors=[tree.CategoryInUse])
async def remove_category(actor: Actor, category_id: int) -> None:
    """Remove an empty category."""
    await tree.remove_category(actor, category_id)


@routes.get("/products", permission="catalog.manage")
async def list_products(actor: Actor, query: AssortmentFilter) -> ProductList:
    """All products with their guide prices."""
    found, cursor = await assortment.list_products(actor, query)
    return ProductList([_product(item) for item in found], cursor)


@routes.get("/products/<product_id:int>", permission="catalog.manage")
async def get_product(actor: Actor, product_id: int) -> ProductOut:
    """One product."""
    return _product(await service.get_product(actor, product_id))


@routes.get("/products/<product_id:int>/picture", permission="catalog.read", media="image/*")
async def get_picture(request: Request, actor: Actor, product_id: int) -> Raw:
    """A product's picture, uploaded by the brand and named as its `image_url`."""
    file_id = await service.picture(actor, product_id)
    return await files.load_any(actor.root_id, request.app.ctx.settings.data_folder, file_id)


@routes.post("/products", permission="catalog.manage", status=201, errors=[NotFound, service.CodeTaken, GtinCheckDigit])
async def create_product(actor: Actor, body: NewProduct) -> ProductOut:
    """Add a product with its packagings."""
    return _product(await service.get_product(actor, await service.create_product(actor, body)))


@routes.patch("/products/<product_id:int>", permission="catalog.manage", errors=[StaleVersion])
async def edit_product(actor: Actor, product_id: int, body: ProductEdit) -> ProductOut:
    """Change a product."""
    await service.edit_product(actor, product_id, body)
    return _product(await service.get_product(actor, product_id))


@routes.post(
    "/products/<product_id:int>/packagings",
    permission="catalog.manage",
    status=201,
    errors=[StaleVersion, service.CodeTaken, GtinCheckDigit],
)
async def add_packaging(actor: Actor, product_id: int, body: AddedPackaging) -> ProductOut:
    """Add a packaging to a product."""
    await packs.add_packaging(actor, product_id, body.version, body.packaging)
    return _product(await service.get_product(actor, product_id))


@routes.patch(
    "/packagings/<packaging_id:int>",
    permission="catalog.manage",
    errors=[StaleVersion, service.CodeTaken, GtinCheckDigit],
)
async def edit_packaging(actor: Actor, packaging_id: int, body: PackagingEdit) -> ProductOut:
    """Change a packaging."""
    return _product(await service.get_product(actor, await packs.edit_packaging(actor, packaging_id, body)))


@routes.post(
    "/packagings/<packaging_id:int>/remove",
    permission="catalog.manage",
    errors=[StaleVersion, packs.PackagingInUse],
)
async def remove_packaging(actor: Actor, packaging_id: int, body: PackagingGone) -> ProductOut:
    """Remove a packaging that no order names."""
    return _product(await service.get_product(actor, await packs.remove_packaging(actor, packaging_id, body.version)))
