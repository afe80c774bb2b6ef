"""Who may sell where: each dealer in its own area, the provincial ones alone, and a province that several share.

What nobody was granted is white on the map: most of the country, as for a brand that still grows.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol

from server.channel.models import Org
from server.core import clock
from server.core.actor import Actor
from server.territory.schemas import NewAuthority
from server.territory.service import grant_authority

SHARED = "340000"
"""The province that provincial dealers have beside their own, openly."""

SOON = timedelta(days=21)


class Dealer(Protocol):
    """A party of the world."""

    org: Org
    level: str


def home(dealer: Dealer) -> str:
    """The area of a dealer: that part of the code of its depot which its level stands for."""
    code = str(dealer.org.region_code)
    return {"province": code[:2] + "0000", "city": code[:4] + "00", "county": code}[dealer.level]


async def write_territories(manager: Actor, parties: Iterable[Dealer], today: date) -> None:
    """Grant every dealer its area; the first county dealer's ends three weeks after `today`, the others' never."""
    first = True
    for dealer in parties:
        if dealer.level not in ("province", "city", "county"):
            continue
        from_on, org_id = clock.today(), int(dealer.org.id)
        if dealer.level == "province":
            await grant_authority(
                manager, NewAuthority(org_id, [home(dealer)], from_on, exclusive=True, note="省级独家")
            )
            await grant_authority(manager, NewAuthority(org_id, [SHARED], from_on, note="新市场，共同开拓"))
            continue
        ends = today + SOON if dealer.level == "county" and first else None
        first = first and dealer.level != "county"
        await grant_authority(manager, NewAuthority(org_id, [home(dealer)], from_on, until_on=ends))
