"""The people of an org who are rung up: several, one of them the main one, who stands in the org's own row too."""

from __future__ import annotations

import msgspec

from server.channel import words
from server.channel.archive_schemas import ContactEdit, NewContact
from server.channel.models import Contact, Org
from server.core import audit, db
from server.core.actor import Actor
from server.core.errors import NotFound


async def set_main(org: Org, name: str, phone: str) -> None:
    """Write who is rung up first, in the open transaction that writes the org's row; no name: nobody any more."""
    main = await Contact.get_or_none(org_id=org.id, is_main=True)
    if main is not None and name:
        await Contact.filter(id=main.id).update(name=name, phone=phone)
    elif main is not None:
        await Contact.filter(id=main.id).delete()
    elif name:
        await Contact.create(root_id=org.root_id, org_id=org.id, name=name, phone=phone, is_main=True)


async def list_contacts(org: Org) -> list[Contact]:
    """The people of an org, the main one first."""
    return await Contact.filter(org_id=org.id).order_by("-is_main", "id").limit(200)


async def find_contact(actor: Actor, contact_id: int) -> Contact:
    """One contact of an org inside the scope."""
    found = await actor.visible(Contact).select_related("org").get_or_none(id=contact_id)
    if found is None:
        raise NotFound("没有找到这位联系人，可能已经删除")
    return found


async def add_contact(actor: Actor, org: Org, new: NewContact) -> Contact:
    """Add somebody to an org; the first one is the main one (S1.1)."""
    actor.require("channel.manage")
    async with db.transaction():
        await db.run("SELECT 1 FROM org WHERE id = $1 FOR UPDATE", org.id)
        values = msgspec.structs.asdict(new)
        values["is_main"] = new.is_main or not await Contact.filter(org_id=org.id).exists()
        if values["is_main"]:
            await Contact.filter(org_id=org.id, is_main=True).update(is_main=False)
        made = await Contact.create(root_id=org.root_id, org_id=org.id, **values)
        await _mirror(org.id)
        await audit.record(actor, "add_contact", "org", org.id, {"contact": [None, _shown(made)]})
    return made


async def edit_contact(actor: Actor, contact_id: int, edit: ContactEdit) -> Contact:
    """Change a contact, or make it the main one; the main one stays so until another is."""
    actor.require("channel.manage")
    async with db.transaction():
        contact = await find_contact(actor, contact_id)
        await db.run("SELECT 1 FROM org WHERE id = $1 FOR UPDATE", contact.org_id)
        before = _shown(contact)
        changes = {name: item for name, item in msgspec.structs.asdict(edit).items() if item is not None}
        if changes.get("is_main"):
            await Contact.filter(org_id=contact.org_id, is_main=True).update(is_main=False)
        elif contact.is_main:
            changes.pop("is_main", None)
        if changes:
            await Contact.filter(id=contact_id).update(**changes)
        await _mirror(contact.org_id)
        changed = await Contact.get(id=contact_id)
        await audit.record(actor, "edit_contact", "org", contact.org_id, {"contact": [before, _shown(changed)]})
    return changed


async def remove_contact(actor: Actor, contact_id: int) -> None:
    """Remove a contact; after the main one the next is rung up first."""
    actor.require("channel.manage")
    async with db.transaction():
        contact = await find_contact(actor, contact_id)
        await db.run("SELECT 1 FROM org WHERE id = $1 FOR UPDATE", contact.org_id)
        await Contact.filter(id=contact_id).delete()
        if contact.is_main:
            following = await Contact.filter(org_id=contact.org_id).order_by("id").first()
            if following is not None:
                await Contact.filter(id=following.id).update(is_main=True)
        await _mirror(contact.org_id)
        await audit.record(actor, "remove_contact", "org", contact.org_id, {"contact": [_shown(contact), None]})


async def _mirror(org_id: int) -> None:
    """The main contact into the org's own row, and all into what it is found by."""
    main = await Contact.get_or_none(org_id=org_id, is_main=True)
    name, phone = (main.name, main.phone) if main else ("", "")
    await Org.filter(id=org_id).update(contact_name=name, contact_phone=phone)
    await words.rewrite([org_id])


def _shown(contact: Contact) -> str:
    """A contact in one line, for the trail."""
    parts = [contact.name, contact.title, contact.phone, "主联系人" if contact.is_main else ""]
    return " ".join(part for part in parts if part)
