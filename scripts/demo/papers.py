"""What lies in the archives of the demo world: terms, people, papers with scans, tags, and where the stores are."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import typst

from scripts.demo.archives import Party, World
from server.channel import contacts, qualifications
from server.channel.archive_schemas import NewContact, NewQualification
from server.channel.schemas import OrgEdit
from server.channel.service import edit_org, find_org
from server.core import clock, files
from server.core.actor import Actor
from server.customers import segments, tags
from server.customers.schemas import Conditions, NewSegment, Tags
from server.orders.note import font_folders

# Where the counties lie, to a hundredth of a degree; houses are scattered around.
_CENTRES = {
    "330106": (30.26, 120.13), "330109": (30.18, 120.26), "330122": (29.79, 119.69), "330112": (30.23, 119.72),
    "330203": (29.86, 121.55), "330212": (29.82, 121.55), "330282": (30.17, 121.27), "330281": (30.04, 121.15),
    "320100": (32.06, 118.80), "320117": (31.65, 119.03), "320118": (31.33, 118.89), "320500": (31.30, 120.58),
    "320583": (31.39, 120.98), "320581": (31.65, 120.75), "420100": (30.59, 114.31), "420116": (30.88, 114.38),
    "420117": (30.84, 114.80), "420500": (30.69, 111.29), "420581": (30.38, 111.45), "420583": (30.43, 111.76),
    "510100": (30.57, 104.07), "510181": (30.99, 103.65), "510184": (30.63, 103.67), "510700": (31.47, 104.68),
    "510781": (31.78, 104.75), "510722": (31.09, 105.09),
}  # fmt: skip
_CLOSE = 0.03
_KINDS = ("convenience", "supermarket", "grocery", "restaurant", "specialty")
_TAGS = ("夜市", "学校旁", "社区店", "景区", "老客户", "常赊账")
_TERMS: dict[str, dict[str, Any]] = {
    "province": {"settlement_method": "monthly_credit", "due_day": 25, "credit_days": 30},
    "city": {"settlement_method": "monthly_credit", "due_day": 20, "credit_days": 15},
    "county": {"settlement_method": "bank_transfer"},
    "store": {"settlement_method": "cash_on_delivery"},
}

_SCAN = """
#set page(width: 210mm, height: 148mm, margin: 16mm, fill: rgb("#fffdf5"))
#set text(font: "Noto Sans SC", size: 12pt, lang: "zh")
#align(center)[#text(24pt, weight: "bold")[TITLE] #linebreak() #text(9pt, fill: gray)[演示样本，不是真实证照]]
#v(8mm)
#grid(columns: (32mm, 1fr), row-gutter: 6mm,
  [名　　称], [NAME], [编　　号], [NUMBER], [住　　所], [PLACE], [有效期至], [UNTIL])
"""


def _scan(title: str, party: Party, number: str, until: date | None) -> bytes:
    """A page that looks like the paper, and says that it is none."""
    words = {
        "TITLE": title, "NAME": party.org.name, "NUMBER": number, "PLACE": party.org.address,
        "UNTIL": until.isoformat() if until else "长期",
    }  # fmt: skip
    text = _SCAN
    for name, word in words.items():
        text = text.replace(f"[{name}]", f"[{word}]")
    source: Any = text.encode()
    return bytes(typst.compile(source, font_paths=font_folders(), ignore_system_fonts=True))


def _place(party: Party, chance: random.Random) -> dict[str, Any]:
    code = str(party.org.region_code)
    lat, lng = _CENTRES.get(code) or _CENTRES.get(f"{code[:4]}00") or (30.59, 114.31)
    return {"lat": round(chance.gauss(lat, _CLOSE), 6), "lng": round(chance.gauss(lng, _CLOSE), 6)}


async def _edit(actor: Actor, party: Party, **changes: Any) -> None:
    org = await find_org(actor, party.id)
    await edit_org(actor, party.id, OrgEdit(version=int(org.version), **changes))


async def _paper(party: Party, folder: Path, kind: str, number: str, until: date | None, scanned: bool) -> None:
    title = {"business_licence": "营业执照", "food_licence": "食品经营许可证"}[kind]
    documents = []
    if scanned:
        documents = [(await files.store_document(party.boss, folder, _scan(title, party, number, until)))[0]]
    new = NewQualification(
        kind=kind,  # type: ignore[arg-type]  # one of two kinds, named above
        number=number,
        issuer="市场监督管理局",
        valid_until=until,
        file_ids=documents,
    )
    await qualifications.add_qualification(party.boss, await find_org(party.boss, party.id), new)


async def _dealer(world: World, party: Party, place: int, folder: Path, chance: random.Random) -> None:
    since = clock.today() - timedelta(days=chance.randrange(200, 2500))
    above = world.supplier[party.id].boss
    await _edit(above, party, **_TERMS[party.level], **_place(party, chance), cooperating_since=since)
    org = await find_org(above, party.id)
    await contacts.add_contact(above, org, NewContact("陈会计", f"1390000{place:04d}", "财务"))
    code = f"91{org.region_code}MA{chance.randrange(10**7, 10**8)}X"
    await _paper(party, folder, "business_licence", code, None, place < 6)
    # Of the food licences some end soon, and one is over: those who look after them are told.
    days = {0: 20, 1: 5, 2: -3}.get(place, chance.randrange(120, 1500))
    until = clock.today() + timedelta(days=days)
    await _paper(party, folder, "food_licence", f"JY1{org.region_code}{place:07d}", until, place < 6)


async def _store(world: World, party: Party, chance: random.Random) -> None:
    above = world.supplier[party.id].boss
    size = chance.choice((30, 45, 60, 80, 120, 260))
    kind = "supermarket" if size > 100 else chance.choice(_KINDS)
    await _edit(above, party, **_TERMS["store"], **_place(party, chance), store_kind=kind, size_sqm=size)
    chosen = chance.sample(_TAGS, chance.choice((0, 0, 1, 1, 2)))
    if chosen:
        await tags.set_tags(above, party.id, Tags(chosen))


async def fill_archives(world: World, folder: Path, chance: random.Random) -> None:
    """Write it with the verbs that people use."""
    dealers = [party for party in world.sellers if party.level != "brand"]
    for place, party in enumerate(dealers):
        await _dealer(world, party, place, folder, chance)
    for party in world.stores:
        await _store(world, party, chance)
    for name, conditions in (
        ("快流失的客户", Conditions(not_ordered_for=21, ordered_within=90)),
        ("月进货过三千", Conditions(amount_days=30, amount_from_fen=300_000)),
    ):
        for seller in (world.brand, *dealers[:3]):
            await segments.add_segment(seller.boss, NewSegment(name, conditions))
