"""Finding things by a part of their name, code, phone, barcode or pinyin, by index.

What a thing is found by is one text, lower case, words parted by spaces. The database keeps beside it the pairs of
neighbouring signs that the text has (`bigrams()`, in a generated column with a GIN index): a text that has a word has
all its pairs, so the index names the few that may have it, and the text itself says which do. A pair that begins with a
space is the beginning of a word, and signs outside ASCII count alone too: so a single sign also finds something, a
Chinese one anywhere, a letter or digit where it begins a word.
"""

# ruff: noqa: S608 - put together from its callers' constants; every value is a parameter

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from pypinyin import lazy_pinyin

WALK = 2000
"""So many rows of a list are looked at in its own order before the index is asked."""

_WORDS = 8
_CHINESE = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]+")


class Wanted(NamedTuple):
    """A searched text: the pairs that a hit has, and LIKE patterns for the words in which they must meet."""

    grams: list[str]
    patterns: list[str]


def _plain(text: str) -> str:
    """One way of writing: no full-width signs, no capitals, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


@lru_cache(maxsize=10_000)
def _sounds(run: str) -> tuple[str, str]:
    """Chinese signs by their sounds, and by the first letters of these."""
    sounds = lazy_pinyin(run)
    return "".join(sounds), "".join(sound[:1] for sound in sounds)


def _pinyin(name: str) -> tuple[str, str]:
    """A name as it is typed on a keyboard: 红牛 is `hongniu` and `hn`."""
    full = _CHINESE.sub(lambda run: _sounds(run[0])[0], name)
    return full, _CHINESE.sub(lambda run: _sounds(run[0])[1], name)


def sort_name(name: str) -> str:
    """By what a name stands in a list: its pinyin."""
    return _pinyin(_plain(name))[0]


def search_text(*texts: str, spoken: Sequence[str] = ()) -> str:
    """What a thing is found by: these texts, and those that are `spoken` also by their pinyin and its initials."""
    words = [*texts, *spoken]
    for name in spoken:
        plain = _plain(name)
        words += [sound for sound in _pinyin(plain) if sound != plain]
    return " ".join(dict.fromkeys(filter(None, map(_plain, words))))


def look_for(text: str | None) -> Wanted | None:
    """A searched text made ready; None where nothing is searched. All its words must be found, in any order."""
    words = list(dict.fromkeys(_plain(text or "").split()))[:_WORDS]
    if not words:
        return None
    grams: dict[str, None] = {}
    for word in words:
        pairs = [word[n : n + 2] for n in range(len(word) - 1)]
        alone = word if word > "~" else f" {word}"
        grams.update(dict.fromkeys(pairs or [alone]))
    return Wanted(list(grams), [f"%{_escaped(word)}%" for word in words if len(word) > 1])


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def matches(table: str, grams: str, patterns: str) -> str:
    """The condition that a row of `table` (its alias) has what is wanted; `grams`, `patterns`: e.g. `$4`, `$5`."""
    return f"({table}.grams @> {grams}::text[] AND {table}.search_text LIKE ALL ({patterns}::text[]))"


def hits(walk: str, find: str, limit: str) -> str:
    """The parts `walked` and `hits (key)` of a WITH clause, for a list in which a text is searched.

    `walk` selects `key` and `hit` (does it match?) of all that the list shows, in the list's order; `find` selects the
    `key` of all that match, in any order, by the index. The first rows of the list are looked at first: where many
    match, they give the page; where the list is short, they are all there is. Only else the index is asked, and then
    what it names is few. So no plan depends on how frequent the database believes a text to be.
    """
    return f"""walked AS MATERIALIZED (
    {walk} LIMIT {WALK}
), hits AS (
    SELECT key FROM walked WHERE hit
    UNION
    SELECT key FROM ({find} OFFSET 0) found
    WHERE (SELECT count(*) = {WALK} AND count(*) FILTER (WHERE hit) < {limit} FROM walked)
)"""
