"""The words on a page of a PDF as typst writes it: enough to read a note, and no library more."""

from __future__ import annotations

import re
import zlib

_STREAM = re.compile(rb"/Filter/FlateDecode[^\n]*\nstream\n(.*?)\nendstream", re.DOTALL)
_MAPPED = re.compile(rb"<([0-9A-Fa-f]+)> <([0-9A-Fa-f]+)>")
_LITERAL = rb"\((?:\\.|[^\\)])*\)|<[0-9A-Fa-f]+>"
_SHOWN = re.compile(rb"/f(\d+) [\d.]+ Tf|\[((?:" + _LITERAL + rb"|[-\d. ])*)\]TJ|(" + _LITERAL + rb")Tj", re.DOTALL)
_PART = re.compile(_LITERAL, re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_SHORT = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def _unescaped(text: bytes) -> bytes:
    def one(found: re.Match[bytes]) -> bytes:
        code = found[1]
        return bytes([int(code, 8)]) if len(code) == 3 else _SHORT.get(code, code)

    return _ESCAPE.sub(one, text)


def words_of(pdf: bytes) -> list[str]:
    """The pieces of text in the order in which they were set."""
    streams = [zlib.decompress(found[1]) for found in _STREAM.finditer(pdf)]
    fonts = []
    for cmap in (item for item in streams if b"begincmap" in item):
        pairs = _MAPPED.findall(cmap.split(b"endcodespacerange")[1])
        fonts.append({int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in pairs})
    words: list[str] = []
    for page in (item for item in streams if b"]TJ" in item and b"begincmap" not in item):
        font: dict[int, str] = {}
        for number, several, one in _SHOWN.findall(page):
            if number:
                font = fonts[int(number)]
                continue
            parts = [
                bytes.fromhex(part[1:-1].decode()) if part[:1] == b"<" else _unescaped(part[1:-1])
                for part in _PART.findall(several or one)
            ]
            raw = b"".join(parts)
            words.append("".join(font[int.from_bytes(raw[i : i + 2], "big")] for i in range(0, len(raw), 2)))
    return words
