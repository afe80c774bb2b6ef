"""The second sheet of an export: its amounts by parties or things and by month, shaped by pandas.

Imported only when a list that has a summary is written, in the worker: nobody else pays for pandas.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from server.core import clock
from server.core.exports import Column, Summary

SHOWN = 2000
"""So many lines are shown, those of the largest amounts; the others are added up in one."""

_LOOSE = 50_000
_MONTH, _FEN, _COUNT = "month", "fen", "count"


class Pivot:
    """Adds up as rows come by: what is kept grows with the pairs and months that there are, not with the rows."""

    def __init__(self, summary: Summary) -> None:
        self.summary = summary
        self._keys = [Column("", key).value for _, key, _ in summary.by]
        self._labels = [Column("", label).value for _, _, label in summary.by]
        self._at, self._amount = Column("", summary.at).value, Column("", summary.amount).value
        self._index = [*range(len(summary.by)), _MONTH]
        self._names: list[dict[Any, str]] = [{} for _ in summary.by]
        self._parts: list[pd.DataFrame] = []
        self._loose = 0

    def add(self, items: Sequence[Any]) -> None:
        """Take some rows in."""
        counted = [item for item in items if self.summary.counts(item)]
        if not counted:
            return
        zone = clock.zone()
        columns: dict[Any, list[Any]] = {}
        for place, (key, label, names) in enumerate(zip(self._keys, self._labels, self._names, strict=True)):
            columns[place] = [key(item) for item in counted]
            names.update((key(item), str(label(item))) for item in counted)
        columns[_MONTH] = [self._at(item).astimezone(zone).strftime("%Y-%m") for item in counted]
        columns[_FEN] = [self._amount(item) for item in counted]
        columns[_COUNT] = [1] * len(counted)
        self._keep(pd.DataFrame(columns).groupby(self._index, sort=False).sum())

    def _keep(self, part: pd.DataFrame) -> None:
        """Parts are put together when they have become as many as what they would be put to."""
        self._parts.append(part)
        self._loose += len(part)
        if self._loose > max(_LOOSE, len(self._parts[0])):
            self._parts = [self._whole()]
            self._loose = 0

    def _whole(self) -> pd.DataFrame:
        return pd.concat(self._parts).groupby(level=self._index, sort=False).sum()

    @property
    def empty(self) -> bool:
        """Whether nothing came by that counts."""
        return not self._parts

    def table(self) -> tuple[list[str], Iterator[list[Any]]]:
        """Headings, and the lines below them: the largest amounts first, the rest in one, then the total. In fen."""
        whole = self._whole()
        keys = self._index[:-1]
        months = whole[_FEN].unstack(_MONTH, fill_value=0).sort_index(axis=1)
        counts = whole[_COUNT].groupby(level=keys).sum().reindex(months.index)
        months.insert(0, _COUNT, counts)
        months["total"] = months.drop(columns=_COUNT).sum(axis=1)
        months = months.sort_index().sort_values("total", ascending=False, kind="stable")
        headings = [heading for heading, _, _ in self.summary.by]
        return [*headings, self.summary.counted, *map(str, months.columns[1:-1]), "合计"], self._lines(months)

    def _lines(self, months: pd.DataFrame) -> Iterator[list[Any]]:
        blank = [""] * (len(self._names) - 1)
        for key, values in zip(months.index[:SHOWN], months.head(SHOWN).to_numpy().tolist(), strict=True):
            found = key if isinstance(key, tuple) else (key,)
            yield [names[part] for names, part in zip(self._names, found, strict=True)] + values
        rest = months.iloc[SHOWN:]
        if len(rest):
            yield [f"其余 {len(rest):,} 项", *blank, *rest.sum().tolist()]
        yield ["合计", *blank, *months.sum().tolist()]
