"""Barcodes as they are printed, drawn from the standard, and films of them for a browser's camera.

GS1 General Specifications 5.2 (EAN/UPC), 5.3 (ITF-14), 5.4 (GS1-128). A film is y4m: a line of text and plain pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import segno
from barcode.charsets.code128 import CODES

WIDTH, HEIGHT = 1280, 720
_FRAMES = 4
_LIGHT, _DARK, _GREY = 235, 16, 128

# The seven modules of a digit, left half with odd parity; 1 is dark.
_ODD = ("0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011")
# Which digits of the left half have even parity says the first digit.
_PARITY = ("OOOOOO", "OOEOEE", "OOEEOE", "OOEEEO", "OEOOEE", "OEEOOE", "OEEEOO", "OEOEOE", "OEOEEO", "OEEOEO")
# The five bars (or spaces) of a digit; W is wide.
_ITF = ("NNWWN", "WNNNW", "NWNNW", "WWNNN", "NNWNW", "WNWNN", "NWWNN", "NNNWW", "WNNWN", "NWNWN")
_WIDE = 3


def _right(digit: str) -> str:
    return _ODD[int(digit)].translate(str.maketrans("01", "10"))


def _even(digit: str) -> str:
    return _right(digit)[::-1]


def ean13(code: str) -> str:
    """The 95 modules of an EAN-13."""
    assert len(code) == 13
    parity = _PARITY[int(code[0])]
    left = "".join(
        _ODD[int(digit)] if kind == "O" else _even(digit) for digit, kind in zip(code[1:7], parity, strict=True)
    )
    return "101" + left + "01010" + "".join(_right(digit) for digit in code[7:]) + "101"


def itf14(code: str) -> str:
    """The modules of an ITF-14: bars carry one digit of a pair, the spaces between them the other."""
    assert len(code) == 14
    modules = "1010"
    for bars, spaces in zip(code[::2], code[1::2], strict=True):
        for bar, space in zip(_ITF[int(bars)], _ITF[int(spaces)], strict=True):
            modules += "1" * (_WIDE if bar == "W" else 1) + "0" * (_WIDE if space == "W" else 1)
    return modules + "1" * _WIDE + "01"


_START_C, _TO_B, _FNC1 = 105, 100, 102
_STOP = "1100011101011"
_BLANK_B = 32


def gs1_128(data: str) -> str:
    """The modules of a GS1-128: pairs of digits while there are any (code set C), then signs (B); U+001D is FNC1."""
    values = [_START_C, _FNC1]
    rest = data
    while len(rest) > 1 and rest[:2].isdigit():
        values.append(int(rest[:2]))
        rest = rest[2:]
    if rest:
        values += [_TO_B, *(_FNC1 if sign == "\x1d" else ord(sign) - _BLANK_B for sign in rest)]
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    bars: list[str] = [CODES[value] for value in [*values, check]]
    return "".join(bars) + _STOP


GS1_DATAMATRIX = "010690123456789210A1"
"""What the matrix below says: GTIN and lot."""
_DATAMATRIX = """
1010101010101010 1100000111110001 1000101000111000 1011001001010011 1110110110011010 1010001010101111 1010000010100100
1111001011001001 1100011111111010 1111001001110011 1011110010110100 1110000000100101 1100001111010000 1101010001000101
1011100111101010 1111111111111111
"""


def datamatrix() -> list[str]:
    """The rows of modules of a GS1 DataMatrix that says `GS1_DATAMATRIX` (ISO/IEC 16022, 16 × 16)."""
    return _DATAMATRIX.split()


def qr(text: str) -> list[str]:
    """The rows of modules of a QR code."""
    return ["".join("1" if dark else "0" for dark in row) for row in segno.make_qr(text, error="m").matrix]


def film(file: Path, modules: str | list[str] | None) -> None:
    """A film of a barcode, or of the rows of a matrix, on white paper before grey; without one, of the grey alone."""
    grey = bytes([_GREY]) * WIDTH
    rows: Sequence[bytes] = [grey] * HEIGHT
    if isinstance(modules, list):
        rows = _matrix(modules, grey)
    elif modules is not None:
        paper, code = _rows(modules)
        rows = [grey] * 200 + [paper] * 30 + [code] * 260 + [paper] * 30 + [grey] * 200
    picture = b"".join(rows) + bytes([128]) * (WIDTH * HEIGHT // 2)
    # Written beside and put in its place at once: the browser may be reading.
    beside = file.with_suffix(".part")
    with beside.open("wb") as out:
        out.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip C420\n".encode())
        for _ in range(_FRAMES):
            out.write(b"FRAME\n" + picture)
    beside.replace(file)


def _matrix(modules: list[str], grey: bytes) -> Sequence[bytes]:
    """The rows of a matrix with quiet zones of four modules."""
    size = 400 // (len(modules) + 8)
    blank = "0" * (len(modules[0]) + 8)
    lines = [blank] * 4 + [f"0000{row}0000" for row in modules] + [blank] * 4
    left = (WIDTH - len(blank) * size) // 2
    rows: list[bytes] = []
    for line in lines:
        points = b"".join(bytes([_DARK if module == "1" else _LIGHT]) * size for module in line)
        rows += [(grey[:left] + points).ljust(WIDTH, bytes([_GREY]))] * size
    above = (HEIGHT - len(rows)) // 2
    return [grey] * above + rows + [grey] * (HEIGHT - above - len(rows))


def _rows(modules: str) -> tuple[bytes, bytes]:
    """A row of blank paper and one through the bars, with quiet zones of twelve modules."""
    size = min(5, (WIDTH - 100) // (len(modules) + 24))
    bars = b"".join(bytes([_DARK if module == "1" else _LIGHT]) * size for module in modules)
    quiet = bytes([_LIGHT]) * (12 * size)
    line = quiet + bars + quiet
    left = (WIDTH - len(line)) // 2
    right = WIDTH - len(line) - left
    edges = bytes([_GREY]) * left, bytes([_GREY]) * right
    return edges[0] + bytes([_LIGHT]) * len(line) + edges[1], edges[0] + line + edges[1]
