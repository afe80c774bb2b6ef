"""Whether the ports are free, before anything is started."""

from __future__ import annotations

import errno
import socket
from collections.abc import Mapping

from scripts.toolbox.console import Problem


def require_ports(host: str, ports: Mapping[str, int]) -> None:
    """Raise a `Problem` for the first port that cannot be listened on."""
    for title, port in ports.items():
        error = _try(host, port)
        if error == errno.EADDRINUSE:
            raise Problem(
                f"端口 {port}（{title}）已被别的程序占用。请停掉它，或用 --port 换一组端口，例如："
                f"scripts/run --port {min(ports.values()) + 100}"
            )
        if error in (errno.EACCES, errno.EPERM):
            raise Problem(f"没有权限使用端口 {port}（{title}）：小于 1024 的端口需要 root。请用 --port 换一个。")
        if error:
            raise Problem(f"不能在 {host}:{port}（{title}）上监听，请检查 QUTONG_HOST 和 --port。")


def _try(host: str, port: int) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((host, port))
            server.listen(1)
        except OSError as error:
            return error.errno or errno.EIO
    return 0
