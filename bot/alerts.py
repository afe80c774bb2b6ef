"""Alerts about stock in the chat: what began at a dealer, as one card whose buttons act once. (B2)"""

from __future__ import annotations

from datetime import timedelta

from bot.matters import Chat
from bot.wecom import cards
from bot.wecom.events import CardPressed
from server.alerts import queries, service, views
from server.alerts.words import KIND_NAMES
from server.core import clock, db
from server.core.actor import Actor
from server.core.errors import NotFound
from server.settings import Settings

KIND = "alerts"
TOLD = 5
"""So many alerts stand on a card; how many there are of each kind, always."""
LATER = (("1", "明天再提醒"), ("3", "三天后再提醒"), ("7", "一周后再提醒"))
_DONE = {"reminded": "已提醒", "snoozed": "稍后提醒"}


async def load(root_id: int, digest_id: int) -> db.Row | None:
    """What began at one org in one look, with its first alerts and their number by kind."""
    digest = await queries.digest(root_id, digest_id)
    if digest is None:
        return None
    first, sizes = await queries.of_digest(root_id, digest_id, TOLD)
    return {**digest, "first": first, "sizes": sizes}


def counted(digest: db.Row) -> str:
    """How many of each kind: 低库存 3，临期 1."""
    return "，".join(f"{name} {digest['sizes'][kind]}" for kind, name in KIND_NAMES.items() if kind in digest["sizes"])


def page(settings: Settings, digest: db.Row) -> str:
    """Where the rep sees the dealer's alerts."""
    return f"{settings.public_url.rstrip('/')}/console/alerts?org_id={digest['org_id']}"


def card_of(settings: Settings, digest: db.Row, task_id: str) -> cards.Card:
    """The card as it stands: with its buttons until somebody has pressed one."""
    when = digest["at"].astimezone(clock.zone()).strftime("%m-%d %H:%M")
    return cards.matter_card(
        cards.Matter(
            task_id=task_id,
            title=f"库存预警 {digest['org_name']}",
            subtitle=f"{when} {counted(digest)}",
            about=digest["org_name"],
            text=service.said(digest) or "点卡片上方可以打开全部预警",
            rows=[(KIND_NAMES[one["kind"]], f"{one['product_name']} {views.words(one)}") for one in digest["first"]],
            url=page(settings, digest),
            buttons=[("later", "稍后提醒"), ("remind", "提醒经销商")],
            question="什么时候再提醒",
            options=LATER,
            done=_DONE.get(digest["done"] or "", ""),
        )
    )


async def pressed(actor: Actor, digest_id: int, event: CardPressed) -> None:
    """Do what a button says; raises what the verb raises."""
    if event.event_key == "remind":
        await service.press(actor, digest_id, "reminded")
        return
    if event.event_key != "later":
        raise NotFound("卡片上没有这个按钮")
    chosen = next((ids[0] for ids in event.selected.values() if ids), "3")
    known = dict(LATER)
    days = int(chosen) if chosen in known else 3
    until = clock.today() + timedelta(days=days)
    await service.press(actor, digest_id, "snoozed", until, f"卡片：{known[str(days)]}")


CHAT = Chat(
    kind=KIND,
    load=load,
    card=card_of,
    live=lambda digest: digest["done"] is None,
    shows=lambda digest: digest["done"] or "",
    called=lambda digest: f"{digest['org_name']}的库存预警",
    words=service.said,
    pressed=pressed,
)
