"""HTTP of territories."""

from __future__ import annotations

from server.core.actor import Actor
from server.core.errors import NotFound, StaleVersion
from server.core.http import Routes
from server.territory import coverage, lists, service
from server.territory.schemas import (
    AuthorityEdit,
    AuthorityFilter,
    AuthorityList,
    Coverage,
    CoverageFilter,
    GrantCheck,
    Granted,
    NewAuthority,
    Revocation,
    Revoked,
    WhiteSpotFilter,
    WhiteSpotList,
)

routes = Routes("territory")

_CONFLICTS = [service.AuthorityConflict, service.LowerAuthorities]


@routes.get("/authorities", permission="territory.read")
async def list_authorities(actor: Actor, query: AuthorityFilter) -> AuthorityList:
    """Authorities inside the own scope."""
    return AuthorityList(*await lists.list_authorities(actor, query))


@routes.post("/authorities", permission="territory.manage", status=201, errors=[NotFound, *_CONFLICTS])
async def grant_authority(actor: Actor, body: NewAuthority) -> Granted:
    """Grant a dealer every one of these regions with every one of these categories."""
    return Granted(await service.grant_authority(actor, body))


@routes.post("/authorities/check", permission="territory.manage", idempotent="no", errors=[NotFound])
async def check_authority(actor: Actor, body: NewAuthority) -> GrantCheck:
    """What would come of a grant; nothing is written."""
    return await service.check_authority(actor, body)


@routes.patch(
    "/authorities/<authority_id:int>",
    permission="territory.manage",
    errors=[StaleVersion, service.AuthorityEnded, *_CONFLICTS],
)
async def change_authority(actor: Actor, authority_id: int, body: AuthorityEdit) -> None:
    """Change an authority."""
    await service.change_authority(actor, authority_id, body)


@routes.post(
    "/authorities/revoke",
    permission="territory.manage",
    errors=[NotFound, service.AuthorityEnded, service.LowerAuthorities],
)
async def revoke_authorities(actor: Actor, body: Revocation) -> Revoked:
    """End authorities today, with the reason."""
    return Revoked(await service.revoke_authorities(actor, body))


@routes.get("/territory/coverage", permission="territory.coverage", errors=[NotFound])
async def get_coverage(actor: Actor, query: CoverageFilter) -> Coverage:
    """Who covers the regions right below one."""
    return await coverage.coverage(actor, query)


@routes.get("/territory/white-spots", permission="territory.coverage", errors=[NotFound])
async def list_white_spots(actor: Actor, query: WhiteSpotFilter) -> WhiteSpotList:
    """Counties that nobody covers."""
    return await coverage.white_spots(actor, query)
