"""The set-up: what is done again, what is skipped, and what a person reads when it cannot go on."""

from __future__ import annotations

import errno
import io
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.toolbox import commands, environment, files
from scripts.toolbox.commands import CommandFailed
from scripts.toolbox.console import Console, Problem
from scripts.toolbox.environment import ROOT, FrontEnd
from scripts.toolbox.launch import main, parse, program_environment
from scripts.toolbox.ports import require_ports
from scripts.toolbox.services import POSTGRES_SOCKET, short_socket_folder


@pytest.fixture
def front_end(tmp_path: Path) -> FrontEnd:
    """A front end with one source file and an npm that only counts its builds."""
    folder = tmp_path / "app"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "page.vue").write_text("<template/>")
    (folder / "package.json").write_text("{}")
    return FrontEnd("页面", folder, "build", folder / "dist")


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment whose npm notes that it was called and makes `dist`."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "npm").write_text("#!/bin/sh\necho x >> ../builds\nmkdir -p dist\n")
    (folder / "npm").chmod(0o755)
    monkeypatch.setattr(environment, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(environment, "LOGS", tmp_path / "cache" / "logs")
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    monkeypatch.setenv("PATH", path)
    return {**os.environ, "PATH": path}


def builds(front_end: FrontEnd) -> int:
    """How often the front end was built."""
    return len((front_end.folder.parent / "builds").read_text().splitlines())


def test_a_second_start_would_take_minutes_if_an_unchanged_front_end_were_built_again(
    front_end: FrontEnd, npm: dict[str, str]
) -> None:
    assert environment.build_front_end(front_end, npm)
    assert not environment.build_front_end(front_end, npm)
    assert builds(front_end) == 1


def test_a_developer_would_see_an_old_page_if_a_changed_source_were_not_built(
    front_end: FrontEnd, npm: dict[str, str]
) -> None:
    environment.build_front_end(front_end, npm)
    (front_end.folder / "src" / "page.vue").write_text("<template>new</template>")
    assert environment.build_front_end(front_end, npm)
    (front_end.folder / "src" / "page.vue").rename(front_end.folder / "src" / "other.vue")
    assert environment.build_front_end(front_end, npm)
    assert builds(front_end) == 3


def test_the_server_would_have_nothing_to_serve_if_a_deleted_build_counted_as_done(
    front_end: FrontEnd, npm: dict[str, str]
) -> None:
    environment.build_front_end(front_end, npm)
    front_end.output.rmdir()
    assert environment.build_front_end(front_end, npm)


def test_a_failed_build_would_be_served_if_it_left_a_stamp(front_end: FrontEnd, npm: dict[str, str]) -> None:
    program = Path(npm["PATH"].split(os.pathsep)[0], "npm")
    program.write_text("#!/bin/sh\nmkdir -p dist\nexit 1\n")
    with pytest.raises(CommandFailed):
        environment.build_front_end(front_end, npm)
    program.write_text("#!/bin/sh\necho x >> ../builds\n")
    assert environment.build_front_end(front_end, npm)


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "磁盘已满"),
        ("npm error code ENOSPC", "磁盘已满"),
        ("npm error request to failed, reason: getaddrinfo ENOTFOUND host", "无法连接 npm 软件源"),
        ("npm error Cannot find module 'x'", "失败（退出码 1）"),
    ],
)
def test_a_newcomer_would_search_a_log_if_npm_failing_were_not_put_into_one_sentence(
    front_end: FrontEnd, npm: dict[str, str], output: str, sentence: str
) -> None:
    Path(npm["PATH"].split(os.pathsep)[0], "npm").write_text(f'#!/bin/sh\necho "{output}"\nexit 1\n')
    with pytest.raises(Problem, match=sentence):
        environment.install_front_end(front_end, npm)


def test_a_set_up_would_die_half_way_if_free_space_were_not_looked_at_first(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="磁盘空间不足") as caught:
        files.require_space(tmp_path / "not" / "there" / "yet", 10**9, "数据目录")
    assert "--data" in str(caught.value)
    files.require_space(tmp_path, 0, "数据目录")


def test_a_full_disk_would_show_a_traceback_if_the_launcher_did_not_catch_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("scripts.toolbox.launch.run", full)
    monkeypatch.setattr("scripts.toolbox.launch.on_signals", lambda _handler: None)
    assert main(["--data", str(tmp_path)]) == 1
    shown = capsys.readouterr().out
    assert "磁盘已满" in shown
    assert "Traceback" not in shown


def test_a_person_would_not_know_which_program_to_stop_if_a_busy_port_were_not_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(Problem, match=f"端口 {port}（机器人）已被别的程序占用") as caught:
            require_ports("127.0.0.1", {"机器人": port})
    assert "--port" in str(caught.value)
    require_ports("127.0.0.1", {"机器人": port})


def test_a_deep_folder_would_keep_the_database_from_starting_if_its_socket_went_there(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 120)
    sockets = short_socket_folder(deep)
    assert len(os.fsencode(sockets / POSTGRES_SOCKET)) <= 103, "macOS allows 103 bytes, Linux 107"
    assert short_socket_folder(deep) == sockets, "the next start must find the servers of this one"
    sockets.rmdir()


def test_a_folder_with_spaces_or_chinese_would_break_the_database_url_if_its_socket_went_there(
    tmp_path: Path,
) -> None:
    sockets = short_socket_folder(tmp_path / "渠通 数据")
    assert str(sockets).isascii()
    assert " " not in str(sockets)
    sockets.rmdir()


def test_local_calls_would_leave_the_machine_if_a_proxy_were_not_bypassed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_PROXY", "intranet")
    assert environment.child_environment()["NO_PROXY"] == "intranet,127.0.0.1,localhost"


def test_real_wecom_credentials_would_be_overwritten_if_the_sandbox_always_came(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    options = parse(["--port", "18500", "--data", str(tmp_path)])
    monkeypatch.delenv("WECOM_CORP_ID", raising=False)
    assert program_environment(options)["WECOM_API_BASE"] == "http://127.0.0.1:18502/cgi-bin/"
    monkeypatch.setenv("WECOM_CORP_ID", "ww-real")
    monkeypatch.delenv("WECOM_API_BASE", raising=False)
    env = program_environment(options)
    assert env["WECOM_CORP_ID"] == "ww-real"
    assert "WECOM_API_BASE" not in env


def test_an_interrupted_set_up_would_go_on_in_the_background_if_its_commands_were_not_ended(
    tmp_path: Path,
) -> None:
    with pytest.raises(CommandFailed, match="超过 0 秒"):
        commands.run(["sh", "-c", "sleep 60 & echo $!; wait"], tmp_path / "log", title="安装", timeout=0.3)
    child = int((tmp_path / "log").read_text().splitlines()[1])
    assert not _runs(child)


def _runs(pid: int) -> bool:
    for _ in range(100):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return False
        except OSError:
            return False
        subprocess.run(["sleep", "0.02"], check=True)
    return True


def test_a_full_disk_would_read_as_an_empty_failure_if_the_log_had_no_room_for_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "has_no_space", lambda folder: folder == tmp_path)
    with pytest.raises(CommandFailed, match="磁盘已满") as caught:
        commands.run(["false"], tmp_path / "log", title="写入演示数据", cwd=ROOT)
    assert str(tmp_path) in str(caught.value), "the disk that is full is the data's"


def test_an_old_python_would_answer_with_a_syntax_error_if_the_first_file_were_not_written_for_it() -> None:
    for name in ("run", "test"):
        source = (ROOT / "scripts" / name).read_text("utf-8")
        compile(source.encode(), name, "exec", dont_inherit=True)
        assert source.index("sys.version_info <") < source.index("scripts.toolbox")
        assert "import annotations" not in source


def test_nothing_could_be_installed_on_a_bare_machine_if_the_toolbox_needed_a_package() -> None:
    code = "import scripts.toolbox.launch, scripts.toolbox.checks"
    bare = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"]
    subprocess.run(bare, check=True, cwd="/")


def test_progress_would_be_lost_if_a_step_did_not_say_how_long_it_took() -> None:
    stream = io.StringIO()
    with Console(stream).step("安装"):
        pass
    assert stream.getvalue() == "✓ 安装（0.0 秒）\n"
