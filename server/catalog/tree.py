"""The tree of categories as its keeper changes it: renamed, moved, put in order, removed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg
from msgspec import UNSET
from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from server.catalog.models import Category
from server.catalog.schemas import Arrangement, CategoryEdit
from server.catalog.service import CodeTaken
from server.core import audit, db
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, InvalidInput, NotFound, StaleVersion

MAX_DEPTH = 5
STEP = 10
"""Between the places of two neighbours."""

_COUNTED = """
SELECT c.id, c.parent_id, c.name, c.sort, c.version,
       (SELECT count(*) FROM product p WHERE p.root_id = $1 AND p.category_id = c.id) AS product_count
FROM category c WHERE c.root_id = $1 ORDER BY c.sort, c.id
"""

_LOCK = "SELECT 1 FROM org WHERE id = $1 FOR NO KEY UPDATE"

_ARRANGE = """
UPDATE category c SET parent_id = $2, sort = t.place * $4, version = c.version + 1
FROM unnest($3::bigint[]) WITH ORDINALITY AS t (id, place)
WHERE c.root_id = $1 AND c.id = t.id
"""


CategoryMove = Callable[[Actor, Sequence[int]], Awaitable[Callable[[], Awaitable[None]]]]
_moves: list[CategoryMove] = []


def on_category_move(handler: CategoryMove) -> None:
    """Let another module look at categories before they lie elsewhere; what it answers is done after it, or refuses."""
    if handler not in _moves:
        _moves.append(handler)


class CategoryMisplaced(BusinessError):
    """A category does not lie in itself, and the tree does not grow deeper than five levels."""

    status, code, title = 422, "category_misplaced", "位置不对"


class CategoryInUse(BusinessError):
    """There are products, categories or territories in it."""

    status, code, title = 409, "category_in_use", "分类正在使用"


async def counted(actor: Actor) -> Sequence[db.Row]:
    """All categories with the number of products right in each."""
    actor.require("catalog.manage")
    return await db.rows(_COUNTED, actor.root_id)


async def _category(actor: Actor, category_id: int) -> Category:
    found = await Category.get_or_none(id=category_id, root_id=actor.root_id)
    if found is None:
        raise NotFound("没有找到这个分类，可能已经删除")
    return found


async def _placeable(actor: Actor, moving: Sequence[int], parent_id: int | None) -> list[Callable[[], Awaitable[None]]]:
    """Whether these may lie below another, and what is to be done once they do; others who move wait for the tree."""
    await db.run(_LOCK, actor.root_id)
    parents = {item.id: item.parent_id for item in await Category.filter(root_id=actor.root_id)}
    if parent_id is not None and parent_id not in parents:
        raise NotFound("没有找到上级分类", [FieldError("/parent_id", "没有这个分类")])
    above = _way(parents, parent_id)
    if set(above) & set(moving):
        raise CategoryMisplaced("不能把分类移到它自己或它的下级里面")
    below = max(len(_way(parents, item)) - len(_way(parents, mover)) for mover in moving for item in parents
                if mover in _way(parents, item))  # fmt: skip
    if len(above) + 1 + below > MAX_DEPTH:
        raise CategoryMisplaced(f"分类最多 {MAX_DEPTH} 级")
    return [await handler(actor, moving) for handler in _moves]


def _way(parents: dict[int, int | None], step: int | None) -> list[int]:
    """A category and those above it."""
    found: list[int] = []
    while step is not None:
        found.append(step)
        step = parents[step]
    return found


async def edit_category(actor: Actor, category_id: int, edit: CategoryEdit) -> Category:
    """Rename or move a category; products move with it. `CodeTaken` when there is one of this name already."""
    actor.require("catalog.manage")
    changes: dict[str, Any] = {} if edit.name is None else {"name": edit.name}
    if edit.parent_id is not UNSET:
        changes["parent_id"] = edit.parent_id
    if edit.sort is not None:
        changes["sort"] = edit.sort
    try:
        async with db.transaction():
            category = await _category(actor, category_id)
            after: list[Callable[[], Awaitable[None]]] = []
            if "parent_id" in changes and changes["parent_id"] != category.parent_id:
                after = await _placeable(actor, [category_id], changes["parent_id"])
            before = {name: getattr(category, name) for name in changes}
            written = {**changes, "version": F("version") + 1}
            if not await Category.filter(id=category_id, version=edit.version).update(**written):
                raise StaleVersion("这个分类刚被别人改过，请刷新后再改")
            for settle in after:
                await settle()
            await audit.record(actor, "edit", "category", category_id, audit.difference(before, changes))
    except IntegrityError:
        raise CodeTaken(f"这一级已经有“{edit.name or category.name}”这个分类了") from None
    return await Category.get(id=category_id)


async def arrange_categories(actor: Actor, wanted: Arrangement) -> None:
    """Let these categories lie below another (or at the top), in this order."""
    actor.require("catalog.manage")
    if len(set(wanted.ids)) != len(wanted.ids):
        raise InvalidInput("同一个分类出现了两次")
    try:
        async with db.transaction():
            if await Category.filter(root_id=actor.root_id, id__in=wanted.ids).count() != len(wanted.ids):
                raise NotFound("没有找到这个分类，可能已经删除")
            after = await _placeable(actor, wanted.ids, wanted.parent_id)
            await db.run(_ARRANGE, actor.root_id, wanted.parent_id, wanted.ids, STEP)
            for settle in after:
                await settle()
            below = wanted.parent_id or 0
            await audit.record(actor, "arrange", "category", below, {"ids": wanted.ids})
    except asyncpg.UniqueViolationError:
        raise CodeTaken("这一级已经有同名的分类了") from None


async def remove_category(actor: Actor, category_id: int) -> None:
    """Remove an empty category; `CategoryInUse` while anything is in it."""
    actor.require("catalog.manage")
    try:
        async with db.transaction():
            category = await _category(actor, category_id)
            await db.run("DELETE FROM category WHERE root_id = $1 AND id = $2", actor.root_id, category_id)
            await audit.record(actor, "remove", "category", category_id, {"name": category.name})
    except asyncpg.ForeignKeyViolationError:
        raise CategoryInUse("分类下还有商品、下级分类或区域授权，不能删除") from None
