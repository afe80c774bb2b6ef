"""What can be done with the catalogue."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from server.catalog import queries
from server.catalog.gtin import GtinCheckDigit, GtinUnknown, gtin14
from server.catalog.models import Category, Packaging, Product
from server.catalog.schemas import NewCategory, NewProduct, ProductEdit
from server.core import audit, clock, db, files, search
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, InvalidInput, NotFound, StaleVersion

__all__ = ["GtinCheckDigit", "GtinUnknown"]


_UPLOADED = re.compile(r"/api/v1/files/([0-9]{1,18})")

LimitsChange = Callable[[Actor, int], Awaitable[Callable[[], Awaitable[None]]]]
_limits_change: list[LimitsChange] = []


def on_limits_change(handler: LimitsChange) -> None:
    """Let another module look at a product before its price limits change; what it answers is done after it."""
    if handler not in _limits_change:
        _limits_change.append(handler)


class CodeTaken(BusinessError):
    """A product code, GTIN or category name is already in use in this brand."""

    status, code, title = 409, "code_taken", "编码重复"


class Scanned(NamedTuple):
    """What a barcode stands for."""

    product_id: int
    packaging_id: int
    gtin: str


def found_by(code: str, name: str, spec: str, gtins: Sequence[str]) -> str:
    """What a product is found by: code, name, spec, barcodes, pinyin and its initials."""
    return search.search_text(code, spec, *gtins, spoken=[name])


async def list_categories(actor: Actor) -> list[Category]:
    """All categories of the brand in their order."""
    return await Category.filter(root_id=actor.root_id).order_by("sort", "id")


async def create_category(actor: Actor, new: NewCategory) -> Category:
    """Add a category; `CodeTaken` when there is one of this name in the same place."""
    actor.require("catalog.manage")
    try:
        async with db.transaction():
            if new.parent_id and not await Category.filter(id=new.parent_id, root_id=actor.root_id).exists():
                raise NotFound("没有找到上级分类")
            category = await Category.create(root_id=actor.root_id, **msgspec.to_builtins(new))
            await audit.record(actor, "create", "category", category.id, msgspec.to_builtins(new))
    except IntegrityError:
        raise CodeTaken(f"已经有“{new.name}”这个分类了") from None
    return category


async def find_category(actor: Actor, category_id: int) -> Category:
    """A category of the brand; `NotFound` for a stranger's."""
    found = await Category.get_or_none(id=category_id, root_id=actor.root_id)
    if found is None:
        raise NotFound("没有找到这个分类")
    return found


async def create_product(actor: Actor, new: NewProduct) -> int:
    """Add a product with its packagings; exactly one holds a single base unit, every GTIN is checked."""
    actor.require("catalog.manage")
    if sum(1 for item in new.packagings if item.unit_qty == 1) != 1:
        raise InvalidInput("必须有且只有一个单件包装", [FieldError("/packagings", "必须有且只有一个单件包装")])
    check_limits(new.floor_price_fen, new.guide_price_fen, new.ceiling_price_fen)
    gtins = [gtin14(item.gtin) for item in new.packagings]
    values = msgspec.to_builtins(new)
    packagings = values.pop("packagings")
    try:
        async with db.transaction():
            if not await Category.filter(id=new.category_id, root_id=actor.root_id).exists():
                raise NotFound("没有找到这个分类")
            await _hold_picture(actor, new.image_url)
            text = found_by(new.code, new.name, new.spec, gtins)
            product = await Product.create(root_id=actor.root_id, search_text=text, **values)
            await Packaging.bulk_create(
                [
                    Packaging(root_id=actor.root_id, product_id=product.id, **{**item, "gtin": gtin})
                    for item, gtin in zip(packagings, gtins, strict=True)
                ]
            )
            await audit.record(actor, "create", "product", product.id, msgspec.to_builtins(new))
    except IntegrityError:
        raise CodeTaken("商品编码、条码或包装数量重复了") from None
    return int(product.id)


async def _hold_picture(actor: Actor, image_url: str | None) -> None:
    """A picture that was uploaded is there, and stays while it is attached; `InvalidInput` where it is not."""
    uploaded = _UPLOADED.fullmatch(image_url or "")
    if uploaded and not await files.is_there(actor.root_id, int(uploaded[1])):
        raise InvalidInput("图片没有上传成功，请重新上传", [FieldError("/image_url", "请重新上传")])


def check_limits(floor: int, guide: int, ceiling: int) -> None:
    """Raise `InvalidInput` unless the guide price lies between floor and ceiling."""
    if not floor <= guide <= ceiling:
        raise InvalidInput(
            "指导价必须在最低价和最高价之间", [FieldError("/guide_price_fen", "必须在最低价和最高价之间")]
        )


async def edit_product(actor: Actor, product_id: int, edit: ProductEdit) -> None:
    """Change a product; the guide price must stay between floor and ceiling."""
    actor.require("catalog.manage")
    changes: dict[str, Any] = {k: v for k, v in msgspec.to_builtins(edit).items() if v is not None}
    version = changes.pop("version")
    if changes.pop("no_picture", False):
        changes["image_url"] = None
    async with db.transaction():
        product = await Product.get_or_none(id=product_id, root_id=actor.root_id)
        if product is None:
            raise NotFound("没有找到这个商品")
        if edit.category_id and not await Category.filter(id=edit.category_id, root_id=actor.root_id).exists():
            raise NotFound("没有找到这个分类")
        before = {name: getattr(product, name) for name in changes}
        if changes.get("image_url") != before.get("image_url"):
            await _hold_picture(actor, changes["image_url"])
        product.update_from_dict(changes)
        check_limits(product.floor_price_fen, product.guide_price_fen, product.ceiling_price_fen)
        gtins = await Packaging.filter(product_id=product_id).values_list("gtin", flat=True)
        text = found_by(product.code, product.name, product.spec, [str(gtin) for gtin in gtins])
        written = {**changes, "search_text": text, "updated_at": clock.now(), "version": F("version") + 1}
        limits = {"floor_price_fen", "ceiling_price_fen"} & changes.keys()
        afterwards = [await handler(actor, product_id) for handler in _limits_change] if limits else []
        if not await Product.filter(id=product_id, version=version).update(**written):
            raise StaleVersion("这个商品刚被别人改过，请刷新后再改")
        for work in afterwards:
            await work()
        await audit.record(actor, "edit", "product", product_id, audit.difference(before, changes))


async def get_product(actor: Actor, product_id: int) -> db.Row:
    """One product of the brand."""
    found = await queries.product(actor.root_id, product_id)
    if found is None:
        raise NotFound("没有找到这个商品")
    return found


async def scan(actor: Actor, code: str) -> Scanned:
    """What a scanned barcode stands for in this brand (T2).

    Raises `GtinCheckDigit` for a misread code and `GtinUnknown`, with the code, for one that is not in the catalogue.
    """
    gtin = gtin14(code)
    found = await queries.scanned(actor.root_id, gtin)
    if found is None:
        raise GtinUnknown(f"商品库里没有这个条码：{code}", scanned=code)
    return Scanned(found["product_id"], found["id"], gtin)


class Packed(NamedTuple):
    """A product in one of its packagings."""

    product_id: int
    packaging_id: int
    unit_qty: int


class Named(NamedTuple):
    """What codes and ids stand for in a brand; what is missing stands for nothing."""

    gtins: dict[str, Packed]
    codes: dict[str, Packed]
    packagings: dict[int, Packed]


async def named(
    root_id: int, gtins: Iterable[str] = (), codes: Iterable[str] = (), packaging_ids: Iterable[int] = ()
) -> Named:
    """What GTINs (14 digits), product codes and packaging ids stand for, in one statement for any number of them."""
    found = Named({}, {}, {})
    for item in await queries.named(root_id, list(gtins), list(codes), list(packaging_ids)):
        packed = Packed(item["product_id"], item["packaging_id"], item["unit_qty"])
        if item["by"] == "gtin":
            found.gtins[item["given"]] = packed
        elif item["by"] == "code":
            found.codes[item["given"]] = packed
        else:
            found.packagings[packed.packaging_id] = packed
    return found


async def picture(actor: Actor, product_id: int) -> int:
    """The file that shows a product to the whole channel; `NotFound` where the product names none of the brand's."""
    actor.require("catalog.read")
    file_id = await queries.picture(actor.root_id, product_id)
    if file_id is None:
        raise NotFound("这个商品没有图片")
    return file_id


async def category_names(actor: Actor) -> list[str]:
    """Every category as a person writes it: by its name, by its way (上级/下级) where a name stands for several."""
    found = await queries.category_ways(actor.root_id)
    often = Counter(item["name"] for item in found)
    return [item["name"] if often[item["name"]] == 1 else item["way"] for item in found]
