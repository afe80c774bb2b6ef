"""HTTP of what lies in an archive: contacts, qualifications with their documents, history, bulk edits, the map."""

from __future__ import annotations

import msgspec
from sanic import Request

from server.channel import bulk, contacts, history, places, qualifications
from server.channel.archive_schemas import (
    BulkEdit,
    BulkFreeze,
    BulkResults,
    ContactEdit,
    ContactList,
    ContactOut,
    NewContact,
    NewQualification,
    OrgHistoryFilter,
    OrgHistoryList,
    QualificationEdit,
    QualificationList,
    QualificationOut,
    StoredDocument,
)
from server.channel.models import Contact
from server.channel.places import MapFilter, StoreMap
from server.channel.service import find_org
from server.core import files
from server.core.actor import Actor
from server.core.errors import InvalidInput, StaleVersion, TooManyRequests
from server.core.http import Raw, Routes

routes = Routes("archive")


def _contact(contact: Contact) -> ContactOut:
    return msgspec.convert(contact, ContactOut, from_attributes=True)


@routes.post("/orgs/batch/edit", permission="channel.manage")
async def edit_orgs(actor: Actor, body: BulkEdit) -> BulkResults:
    """The same change for up to 500 archives; a result per org."""
    return BulkResults(await bulk.edit_orgs(actor, body))


@routes.post("/orgs/batch/freeze", permission="channel.manage")
async def freeze_orgs(actor: Actor, body: BulkFreeze) -> BulkResults:
    """Freeze up to 500 orgs for one reason, or without one let them work again; a result per org."""
    return BulkResults(await bulk.freeze_orgs(actor, body))


@routes.get("/orgs/map", permission="channel.read")
async def map_orgs(actor: Actor, query: MapFilter) -> StoreMap:
    """The stores in a part of the map."""
    return await places.store_map(actor, query)


@routes.get("/orgs/<org_id:int>/history", permission="channel.read")
async def org_history(actor: Actor, org_id: int, query: OrgHistoryFilter) -> OrgHistoryList:
    """What was done to an org, by whom and when."""
    return OrgHistoryList(*await history.history(actor, org_id, query))


@routes.get("/orgs/<org_id:int>/contacts", permission="channel.read")
async def list_contacts(actor: Actor, org_id: int) -> ContactList:
    """The people of an org."""
    return ContactList([_contact(item) for item in await contacts.list_contacts(await find_org(actor, org_id))])


@routes.post("/orgs/<org_id:int>/contacts", permission="channel.manage", status=201)
async def add_contact(actor: Actor, org_id: int, body: NewContact) -> ContactOut:
    """Add somebody to an org."""
    return _contact(await contacts.add_contact(actor, await find_org(actor, org_id), body))


@routes.patch("/contacts/<contact_id:int>", permission="channel.manage")
async def edit_contact(actor: Actor, contact_id: int, body: ContactEdit) -> ContactOut:
    """Change a contact, or make it the main one."""
    return _contact(await contacts.edit_contact(actor, contact_id, body))


@routes.delete("/contacts/<contact_id:int>", permission="channel.manage")
async def remove_contact(actor: Actor, contact_id: int) -> None:
    """Remove a contact."""
    await contacts.remove_contact(actor, contact_id)


@routes.post(
    "/documents",
    permission="channel.manage",
    idempotent="no",
    status=201,
    upload=True,
    errors=[files.FileRefused, TooManyRequests],
)
async def upload_document(request: Request, actor: Actor) -> StoredDocument:
    """Upload a PDF or a picture as multipart field `file`; it is read through the paper it is attached to."""
    uploaded = request.files.get("file") if request.files else None
    if uploaded is None:
        raise InvalidInput("没有收到文件，请重新选择")
    folder = request.app.ctx.settings.data_folder
    file_id, content_type = await files.store_document(actor, folder, uploaded.body)
    return StoredDocument(file_id, content_type, len(uploaded.body))


@routes.get("/orgs/<org_id:int>/qualifications")
async def list_qualifications(actor: Actor, org_id: int) -> QualificationList:
    """The papers of an org, for who looks after it and for itself."""
    return QualificationList(await qualifications.list_qualifications(actor, org_id))


@routes.post("/orgs/<org_id:int>/qualifications", permission="channel.manage", status=201)
async def add_qualification(actor: Actor, org_id: int, body: NewQualification) -> QualificationOut:
    """Put a paper into an archive."""
    return await qualifications.add_qualification(actor, await find_org(actor, org_id), body)


@routes.patch("/qualifications/<qualification_id:int>", permission="channel.manage", errors=[StaleVersion])
async def edit_qualification(actor: Actor, qualification_id: int, body: QualificationEdit) -> QualificationOut:
    """Change or renew a paper."""
    return await qualifications.edit_qualification(actor, qualification_id, body)


@routes.delete("/qualifications/<qualification_id:int>", permission="channel.manage")
async def remove_qualification(actor: Actor, qualification_id: int) -> None:
    """Take a paper out of an archive."""
    await qualifications.remove_qualification(actor, qualification_id)


@routes.get("/qualifications/<qualification_id:int>/documents/<file_id:int>", media="application/octet-stream")
async def read_document(request: Request, actor: Actor, qualification_id: int, file_id: int) -> Raw:
    """A document of a paper, for who looks after the org and for itself."""
    folder = request.app.ctx.settings.data_folder
    return await qualifications.read_document(actor, folder, qualification_id, file_id)
