"""Requests and responses of warehouses and of how an org keeps its stock."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from server.core.types import Id, Version

PlaceName = Annotated[str, msgspec.Meta(min_length=1, max_length=30, pattern=r"\S")]


class WarehouseQuery(msgspec.Struct):
    """Whose warehouses: those of the own org, or of one inside the scope.

    `closed`: also those that are closed; `quarantine`: also the place of what is set aside, the last one.
    """

    org_id: Id | None = None
    closed: bool = False
    quarantine: bool = False


class WarehouseOut(msgspec.Struct):
    """A warehouse; the default one delivers, and takes in what was bought.

    `products` and `on_hand` (base units) are what lies in it, `sessions` the scan sessions that are open in it.
    """

    id: int
    name: str
    quarantine: bool
    is_default: bool
    version: int
    closed_at: datetime | None
    products: int
    on_hand: int
    reserved: int
    sessions: int


class WarehouseOuts(msgspec.Struct):
    """The warehouses of an org, the default one first."""

    items: list[WarehouseOut]


class NewWarehouse(msgspec.Struct):
    """A warehouse to be added."""

    name: PlaceName


class WarehouseEdit(msgspec.Struct):
    """Another name."""

    version: Version
    name: PlaceName


class WarehouseSeen(msgspec.Struct):
    """The state of the warehouse as it was read."""

    version: Version


class StockSettings(msgspec.Struct):
    """How an org keeps its stock; version 0: as nobody has set it yet.

    `keeps_lots`: goods that spoil come in with a lot or a day only.
    """

    keeps_lots: bool
    version: int


class StockSettingsEdit(msgspec.Struct):
    """Another way of keeping the stock; `version` as it was read."""

    version: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
    keeps_lots: bool
