"""What all machines have in common: the system runs on the test's loop, the machine in a thread beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, ClassVar, TypeVar

import asyncpg
import httpx
from hypothesis import settings as effort
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from server.core.db import connection_options
from server.settings import Settings

T = TypeVar("T")


class Machine(RuleBasedStateMachine):
    """A machine that asks the system over HTTP, and the database by a witness of its own."""

    loop: ClassVar[asyncio.AbstractEventLoop]
    http: ClassVar[httpx.AsyncClient]
    witness: ClassVar[Any]
    steps: ClassVar[int]
    """After so many steps everything was checked, in all examples together."""

    def await_(self, work: Coroutine[Any, Any, T]) -> T:
        """Run on the loop where the system runs."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)


async def run(machine: type[Machine], http: httpx.AsyncClient, settings: Settings, share: int = 1) -> None:
    """Run a machine as hard as Hypothesis is told to try, or with one of `share` parts of the examples."""
    machine.loop, machine.http, machine.steps = asyncio.get_running_loop(), http, 0
    machine.witness = await asyncpg.connect(**connection_options(settings.database_url))
    profile = effort.default
    assert profile is not None
    shorter = effort(profile, max_examples=max(4, profile.max_examples // share))
    try:
        await asyncio.to_thread(run_state_machine_as_test, machine, settings=shorter)
    finally:
        await machine.witness.close()
        print(f"{machine.steps} steps, everything checked after each")
