"""A photo of cartons in a storeroom, drawn: what somebody takes at the door when goods arrive damaged."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

WIDTH, HEIGHT = 640, 480
_WALL, _FLOOR, _SHADE = (203, 207, 199), (138, 132, 122), (112, 106, 98)
_CARTON, _SIDE, _LID, _TAPE, _WET = (190, 148, 96), (150, 112, 70), (209, 171, 122), (226, 205, 160), (119, 86, 54)

Colour = tuple[int, int, int]
# left, top, width, height of the front of each carton; the last one has got wet.
_CARTONS = ((90, 210, 190, 150), (300, 220, 210, 140), (170, 80, 200, 126), (400, 330, 170, 120))


def cartons() -> bytes:
    """The photo as a PNG."""
    picture = [[_WALL if y < 300 else _FLOOR for _ in range(WIDTH)] for y in range(HEIGHT)]
    for place in _CARTONS:
        for colour, x, y in _carton(*place):
            picture[y][x] = colour
    left, top, width, height = _CARTONS[-1]
    for y in range(top + height // 2, top + height):
        for x in range(left, left + width - (y - top) // 2):
            picture[y][x] = _WET
    return _png(picture)


def _carton(left: int, top: int, width: int, height: int) -> Iterator[tuple[Colour, int, int]]:
    depth = 36
    for step in range(depth):
        for x in range(left, left + width):
            yield _LID, x + step, top - step // 2
        for y in range(top, top + height):
            yield _SIDE, left + width + step, y - step // 2
    for x in range(left, left + width):
        for y in range(top, top + height):
            tape = abs(x - left - width // 2) < 9
            edge = min(x - left, y - top, left + width - x - 1, top + height - y - 1) < 2
            yield _SHADE if edge else _TAPE if tape else _CARTON, x, y


def _png(picture: list[list[Colour]]) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\x00" + bytes(value for pixel in row for value in pixel) for row in picture)
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
