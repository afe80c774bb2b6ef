"""The embedded servers: data survives everything that can happen to whoever started them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.toolbox.console import Problem
from scripts.toolbox.services import THROWN_AWAY, Postgres, is_alive, start_and_wait, wait_until_gone
from tests.services import embedded_services


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A PostgreSQL of its own, started, and stopped afterwards."""
    folder = tmp_path_factory.mktemp("pg")
    sockets = folder / "s"
    sockets.mkdir()
    made = Postgres(folder, sockets, settings=THROWN_AWAY)
    start(made)
    yield made
    made.stop_left_over()


def start(server: Postgres) -> None:
    """Start it as `scripts/run` does."""
    server.prepare()
    start_and_wait(server.command(), server.cluster.parent / "log", server, name="PostgreSQL")


def test_data_would_be_lost_if_a_left_over_server_were_not_stopped_properly(server: Postgres) -> None:
    server.ensure_database("shop")
    server.query("CREATE TABLE orders AS SELECT 7 AS number", "shop")
    left_over = server.running_pid()
    start(server)
    assert server.running_pid() != left_over
    assert server.query("SELECT number FROM orders", "shop") == "7"
    assert server.stop_left_over()
    assert not server.stop_left_over()


def test_orders_would_be_lost_if_a_killed_server_could_not_be_started_again(server: Postgres) -> None:
    server.query("CREATE TABLE orders AS SELECT 7 AS number")
    pid = server.running_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert wait_until_gone(pid, 10)
    start(server)
    assert server.query("SELECT number FROM orders") == "7"


def test_a_stranger_would_be_stopped_if_an_old_process_number_were_trusted(server: Postgres) -> None:
    server.stop_left_over()
    (server.cluster / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert not server.stop_left_over()
    assert is_alive(os.getpid())


def test_data_of_another_version_would_be_overwritten_if_it_were_not_recognised(server: Postgres) -> None:
    server.stop_left_over()
    (server.cluster / "PG_VERSION").write_text("14\n")
    with pytest.raises(Problem, match="PostgreSQL 14 的数据"):
        server.create_cluster()


def test_an_interrupted_first_start_would_block_every_later_one_if_half_a_database_counted(
    tmp_path: Path,
) -> None:
    sockets = tmp_path / "s"
    sockets.mkdir()
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "base").write_text("half")
    server = Postgres(tmp_path, sockets, settings=THROWN_AWAY)
    server.create_cluster()
    assert (server.cluster / "PG_VERSION").exists()
    assert not (tmp_path / "postgres.new").exists()


def test_tests_would_see_each_other_if_a_database_were_not_their_own() -> None:
    with embedded_services() as services:
        name = services.template("small", lambda _: services.postgres.execute("CREATE TABLE t (n int)", "small"))
        first, second = services.create_database(name), services.create_database(name)
        services.postgres.query("INSERT INTO t VALUES (1)", first)
        assert services.postgres.query("SELECT count(*) FROM t", second) == "0"
        assert services.redis.is_ready()
        services.drop_database(first)
        services.drop_database(second)


def test_every_later_test_would_fail_if_leaving_the_services_once_stopped_them_for_the_whole_process() -> None:
    with embedded_services() as outer:
        with embedded_services() as inner:
            assert inner.folder == outer.folder
        assert outer.postgres.is_ready()
        assert outer.redis.is_ready()
