"""What is planned before anything is written: a catalogue that scans, a channel that hangs together, a calendar."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from scripts.demo.cast import plan_cast
from scripts.demo.catalogue import assortment
from scripts.demo.network import DEALERS, KEY_STORES, plan_network
from scripts.demo.prices import PERCENT, price_fen
from scripts.demo.scale import Scale
from scripts.demo.season import season
from scripts.demo.slots import next_slot
from server.identity.roles import ROLES

ZONE = ZoneInfo("Asia/Shanghai")


def check_digit(body: str) -> str:
    """GS1: from the right, the digits count three and one times in turn; the check digit fills up to a ten."""
    weighed = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-weighed % 10)


def test_a_visitor_could_not_scan_a_demo_product_if_its_barcodes_were_not_valid_and_its_own() -> None:
    items = assortment(300, random.Random(1))
    assert len(items) == 300
    assert len({item.name for item in items}) == len({item.code for item in items}) == 300
    assert len({item.ean for item in items} | {item.itf for item in items}) == 600
    for item in items:
        assert len(item.ean) == 13 and 690 <= int(item.ean[:3]) <= 699
        assert item.ean[-1] == check_digit(item.ean[:-1])
        assert len(item.itf) == 14 and item.itf[1:13] == item.ean[:12]
        assert item.itf[-1] == check_digit(item.itf[:-1])


def test_a_dealer_could_not_live_if_selling_brought_less_than_buying_cost() -> None:
    levels = list(PERCENT)
    for item in assortment(300, random.Random(1)):
        for above, level in zip(levels, levels[1:], strict=False):
            for number in range(5):
                bought = price_fen(item, above, DEALERS, 0)
                assert item.floor_fen <= bought <= price_fen(item, level, KEY_STORES, number) <= item.ceiling_fen


def test_the_demo_would_show_half_a_channel_if_a_level_a_role_or_a_name_were_missing() -> None:
    members = plan_network(Scale(), random.Random(1))
    # 4 provinces, 2 cities each, 2 counties each city
    levels = [member.level for member in members]
    assert [levels.count(level) for level in ("province", "city", "county", "store")] == [4, 8, 16, 200]
    assert len({member.name for member in members}) == len({member.phone for member in members}) == 228
    for member in members:
        above = members[member.parent - 1] if member.parent else None
        if above is not None:
            assert member.place.code[:2] == above.place.code[:2], "nobody is served from another province"
    people = plan_cast(members, random.Random(1))
    assert {person.role for person in people if person.shown} == set(ROLES)
    reps = [person for person in people if person.role == "brand_rep" and not person.title]
    assert len(reps) == 2 and not set(reps[0].dealers) & set(reps[1].dealers)
    assert len({person.phone for person in people}) == len(people)


def test_summer_would_not_be_seen_in_the_figures_if_the_seasons_were_flat() -> None:
    assert season("饮用水", date(2026, 7, 15)) == 1.65
    assert season("饮用水", date(2026, 11, 15)) == 0.65
    assert season("坚果炒货", date(2026, 7, 15)) == 0.64


def test_nobody_works_at_night_and_sellers_rest_on_sundays() -> None:
    saturday_night = datetime(2026, 11, 21, 23, 0, tzinfo=ZONE)
    assert next_slot(saturday_night, ZONE).date() == date(2026, 11, 22)
    assert next_slot(saturday_night, ZONE, sundays=False).date() == date(2026, 11, 23)
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    for _ in range(40):
        moment = next_slot(moment + timedelta(seconds=1), ZONE)
        assert 8 <= moment.hour < 20
