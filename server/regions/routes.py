"""HTTP of the divisions."""

from __future__ import annotations

from functools import cache

from server.core.actor import Actor
from server.core.errors import NotFound
from server.core.http import Routes
from server.regions import service
from server.regions.schemas import RegionEntry, RegionFilter, RegionList, RegionOut, RegionSearch, RegionTree

routes = Routes("regions")


@cache
def _tree() -> RegionTree:
    return RegionTree([RegionEntry(*region) for region in service.tree().values()])


def _region(region: service.Region) -> RegionOut:
    return RegionOut(region.code, region.name, service.full_name(region.code), bool(service.children(region.code)))


@routes.get("/regions", etag=True)
async def list_regions(actor: Actor) -> RegionTree:
    """The whole tree, compact."""
    return _tree()


@routes.get("/regions/children", etag=True, errors=[NotFound])
async def list_region_children(actor: Actor, query: RegionFilter) -> RegionList:
    """The divisions right below one."""
    if query.parent != service.ALL and not service.known(query.parent):
        raise NotFound("没有这个行政区划")
    return RegionList([_region(region) for region in service.children(query.parent)])


@routes.get("/regions/search")
async def search_regions(actor: Actor, query: RegionSearch) -> RegionList:
    """Divisions by name, pinyin, initials or code."""
    return RegionList([_region(region) for region in service.search(query.q, query.limit)])
