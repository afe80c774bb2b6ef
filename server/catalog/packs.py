"""The packagings of a product that is there already: one more, another barcode, one less."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from server.catalog.gtin import gtin14
from server.catalog.models import Packaging, Product
from server.catalog.schemas import NewPackaging, PackagingEdit
from server.catalog.service import CodeTaken, found_by
from server.core import audit, clock, db
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, InvalidInput, NotFound, StaleVersion

MOST = 10
InUse = Callable[[int, int], Awaitable[bool]]

_in_use: list[InUse] = []


class PackagingInUse(BusinessError):
    """Orders or scans name this packaging: it stays, or nobody could read them any more."""

    status, code, title = 409, "packaging_in_use", "包装正在使用"


def on_packaging_removed(in_use: InUse) -> None:
    """Let another module say whether it names a packaging (brand, packaging), which then cannot be removed."""
    if in_use not in _in_use:
        _in_use.append(in_use)


async def _product(actor: Actor, product_id: int, version: int) -> Product:
    """The product, marked as changed; its packagings are a part of it."""
    product = await Product.get_or_none(id=product_id, root_id=actor.root_id)
    if product is None:
        raise NotFound("没有找到这个商品")
    found = Product.filter(id=product_id, version=version)
    if not await found.update(version=F("version") + 1, updated_at=clock.now()):
        raise StaleVersion("这个商品刚被别人改过，请刷新后再改")
    return product


async def _found_anew(product: Product) -> None:
    """Barcodes are among what a product is found by."""
    gtins = await Packaging.filter(product_id=product.id).order_by("unit_qty").values_list("gtin", flat=True)
    text = found_by(product.code, product.name, product.spec, [str(gtin) for gtin in gtins])
    await Product.filter(id=product.id).update(search_text=text)


async def _only_default(packaging: Packaging) -> None:
    others = Packaging.filter(product_id=packaging.product_id).exclude(id=packaging.id)
    await others.update(is_default=False)


async def add_packaging(actor: Actor, product_id: int, version: int, new: NewPackaging) -> None:
    """Add a packaging, perhaps as the new usual one. `CodeTaken` for a barcode or size that is there."""
    actor.require("catalog.manage")
    gtin = gtin14(new.gtin)
    try:
        async with db.transaction():
            product = await _product(actor, product_id, version)
            if await Packaging.filter(product_id=product_id).count() >= MOST:
                raise InvalidInput(f"一个商品最多 {MOST} 种包装")
            values = {**msgspec.to_builtins(new), "gtin": gtin}
            made = await Packaging.create(root_id=actor.root_id, product_id=product_id, **values)
            if new.is_default:
                await _only_default(made)
            await _found_anew(product)
            await audit.record(actor, "add_packaging", "product", product_id, values)
    except IntegrityError:
        raise CodeTaken("这个条码或包装数量已经有了", [FieldError("/packaging/gtin", "条码或数量重复")]) from None


async def _packaging(actor: Actor, packaging_id: int) -> Packaging:
    found = await Packaging.get_or_none(id=packaging_id, root_id=actor.root_id)
    if found is None:
        raise NotFound("没有找到这个包装，可能已经删除")
    return found


async def edit_packaging(actor: Actor, packaging_id: int, edit: PackagingEdit) -> int:
    """Rename a packaging, give it another barcode, make it the usual one; the product's id.

    How much it holds stays: orders count with it.
    """
    actor.require("catalog.manage")
    changes: dict[str, Any] = {} if edit.name is None else {"name": edit.name}
    if edit.gtin is not None:
        changes["gtin"] = gtin14(edit.gtin)
    if edit.is_default:
        changes["is_default"] = True
    try:
        async with db.transaction():
            packaging = await _packaging(actor, packaging_id)
            product = await _product(actor, packaging.product_id, edit.version)
            before = {name: getattr(packaging, name) for name in changes}
            await Packaging.filter(id=packaging_id).update(**changes)
            if edit.is_default:
                await _only_default(packaging)
            await _found_anew(product)
            changed = audit.difference(before, changes)
            await audit.record(actor, "edit_packaging", "product", product.id, {"packaging": packaging.name, **changed})
    except IntegrityError:
        raise CodeTaken("这个条码已经用在别的包装上了", [FieldError("/gtin", "条码重复")]) from None
    return int(product.id)


async def remove_packaging(actor: Actor, packaging_id: int, version: int) -> int:
    """Remove a packaging that no order names, and not the single piece; the product's id."""
    actor.require("catalog.manage")
    async with db.transaction():
        packaging = await _packaging(actor, packaging_id)
        product = await _product(actor, packaging.product_id, version)
        if packaging.unit_qty == 1:
            raise InvalidInput("单件包装不能删除")
        for in_use in _in_use:
            if await in_use(actor.root_id, packaging_id):
                raise PackagingInUse(f"已经有订单或扫码记录用到“{packaging.name}”，不能删除")
        await packaging.delete()
        if packaging.is_default:
            await Packaging.filter(product_id=product.id, unit_qty=1).update(is_default=True)
        await _found_anew(product)
        gone = {"name": packaging.name, "unit_qty": packaging.unit_qty, "gtin": packaging.gtin}
        await audit.record(actor, "remove_packaging", "product", product.id, gone)
    return int(product.id)
