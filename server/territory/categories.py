"""Which categories meet: one and all above and below it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from server.catalog import service as catalog
from server.core.actor import Actor
from server.core.errors import FieldError, InvalidInput
from server.territory.queries import Lines

EVERYTHING = "全部品类"


class Tree:
    """The categories of a brand."""

    def __init__(self, parents: dict[int, int | None], names: dict[int, str]) -> None:
        self._parents, self._names = parents, names

    def up(self, category_id: int) -> list[int]:
        """A category and those above it."""
        found: list[int] = []
        step: int | None = category_id
        while step is not None and step not in found:
            found.append(step)
            step = self._parents.get(step)
        return found

    def meeting(self, wanted: Iterable[int | None]) -> list[int]:
        """All categories that have products in common with one of these."""
        chosen = {item for item in wanted if item is not None}
        above = {step for item in chosen for step in self.up(item)}
        below = {item for item in self._parents if chosen & set(self.up(item))}
        return sorted(above | below)

    def outermost(self, wanted: Collection[int]) -> list[int | None]:
        """These without those that lie in another of them; none at all stand for everything."""
        chosen = set(wanted)
        unknown = chosen - self._parents.keys()
        if unknown:
            raise InvalidInput("没有找到选择的分类", [FieldError("/category_ids", "没有这个分类")])
        found: list[int | None] = [item for item in sorted(chosen) if not chosen & set(self.up(item)[1:])]
        return found or [None]

    def name(self, category_id: int | None) -> str:
        """A category's name."""
        return EVERYTHING if category_id is None else self._names.get(category_id, str(category_id))

    def below(self, wanted: Iterable[int]) -> list[int]:
        """These categories and all that lie in them."""
        chosen = set(wanted)
        return sorted(item for item in self._parents if chosen & set(self.up(item)))

    @property
    def lines(self) -> Lines:
        """(category, itself or one above) as columns."""
        pairs = [(item, step) for item in self._parents for step in self.up(item)]
        return Lines([item for item, _ in pairs], [step for _, step in pairs])


async def load(actor: Actor) -> Tree:
    """The categories of the actor's brand."""
    found = await catalog.list_categories(actor)
    return Tree({item.id: item.parent_id for item in found}, {item.id: item.name for item in found})
