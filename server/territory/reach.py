"""What an authority reaches, as statements say it: these days, this region and those in it. (S1.3)

Whoever asks inside a statement whether goods are outside a territory takes the conditions from here.
"""

from __future__ import annotations


def held_on(authority: str, day: str) -> str:
    """That an authority held on a day: also one that was revoked since, for the days before."""
    return (
        f"{authority}.from_on <= {day} AND ({authority}.until_on IS NULL OR {authority}.until_on >= {day}) "
        f"AND ({authority}.revoked_on IS NULL OR {authority}.revoked_on > {day})"
    )


def within(region: str, reached: str) -> str:
    """That a region is one that is reached, or lies in it: in its city, its province, or the country (GB/T 2260)."""
    return f"{reached} IN ('000000', left({region}, 2) || '0000', left({region}, 4) || '00', {region})"


def below(region: str, reached: str) -> str:
    """That a region lies in another one."""
    return f"{reached} IN ('000000', left({region}, 2) || '0000', left({region}, 4) || '00')"


def outside(held: str, region: str, categories: str) -> str:
    """That goods are outside a territory: `held` (region_code, category_id) is all that its dealer holds that day.

    `categories`: a query of the goods' category and those above it. Who holds nothing at all is outside of nothing: his
    territory is not kept here.
    """
    return f"""EXISTS (SELECT FROM {held}) AND NOT EXISTS (
    SELECT FROM {held} h
    WHERE {within(region, "h.region_code")} AND (h.category_id IS NULL OR h.category_id IN ({categories})))"""  # noqa: S608 - parts of statements
