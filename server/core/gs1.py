"""What a scanned code says: a trade item's number, or a whole GS1 message with lot, dates, serial and count (T2).

The text is split into element strings by biip after the GS1 General Specifications; what they mean, and why one is
refused, is said here. The phone has a twin of this file; both are held to `tests/vectors/gs1.json`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date
from urllib.parse import parse_qsl, unquote

import msgspec
from biip import ParseConfig, ParseError
from biip.checksums import gs1_standard_check_digit
from biip.gs1_element_strings import GS1ElementString

from server.core import clock

FNC1 = "\x1d"
GTIN_LENGTHS = (8, 12, 13, 14)

# Symbology identifiers (ISO/IEC 15424), and the names of symbols, that carry element strings.
_GS1_IDENTIFIER = re.compile(r"\](C1|e0|d2|Q3|J1)")
_GS1_SYMBOLS = re.compile(r"^gs1|databar", re.IGNORECASE)
_UPC_E = re.compile(r"upc-?e", re.IGNORECASE)
_IDENTIFIER = re.compile(r"^\][A-Za-z][0-9A-Za-z]")
_MESSAGE = re.compile(r"(00\d{18}|0[12]\d{14})")
_CONFIG = ParseConfig(gs1_element_strings_verify_date=False)
_DATES = {"11", "12", "13", "15", "16", "17"}


class Gs1Broken(ValueError):
    """A code that is not what it looks like: `why` is a stable word, the text a sentence for whoever scanned it."""

    def __init__(self, why: str, detail: str) -> None:
        super().__init__(detail)
        self.why, self.detail = why, detail


class Scanned(msgspec.Struct, frozen=True):
    """What a code says. `text` is the code itself where it is neither a trade item's number nor a GS1 message.

    `gtin` has 14 digits: that of the thing scanned (AI 01), or of what a logistic unit has `count` of (AI 02).
    `expires_on` is the expiration date (AI 17), or the best-before date (AI 15) where there is no other.
    """

    text: str = ""
    gtin: str = ""
    lot_code: str = ""
    produced_on: date | None = None
    packed_on: date | None = None
    best_before: date | None = None
    expires_on: date | None = None
    serial: str = ""
    sscc: str = ""
    count: int | None = None


def read(code: str, symbology: str = "") -> Scanned:
    """What a decoded text says, FNC1 being `\\x1d` in it.

    A text is taken for a GS1 message when its symbology says so, when it has an FNC1, when it begins with the AI of an
    SSCC or a GTIN, when its AIs stand in brackets as they are printed, or when it is a GS1 Digital Link. Raises
    `Gs1Broken`.
    """
    text = code.strip(" \t\r\n")
    named = bool(_GS1_IDENTIFIER.match(text) or _GS1_SYMBOLS.search(symbology))
    text = _IDENTIFIER.sub("", text)
    bare = text.strip(FNC1)
    if not bare:
        raise Gs1Broken("empty", "没有扫到内容，请重新扫描")
    if (written := _linked(bare) or _printed(bare)) is not None:
        return _meaning(_together(written))
    if _UPC_E.fullmatch(symbology) and re.fullmatch(r"[01]\d{7}", bare):
        return Scanned(gtin=gtin14(_upc_a(bare)))
    if bare.isascii() and bare.isdigit() and len(bare) in GTIN_LENGTHS and FNC1 not in text and not named:
        return Scanned(gtin=gtin14(bare))
    if named or FNC1 in text or _MESSAGE.match(bare):
        return _message(bare)
    return Scanned(text=bare)


def gtin14(digits: str) -> str:
    """EAN-8, UPC-A, EAN-13 or ITF-14 as 14 digits; raises `Gs1Broken` where the check digit is wrong."""
    if gs1_standard_check_digit(digits[:-1]) != int(digits[-1]):
        raise Gs1Broken("check_digit", f"条码 {digits} 的校验位不对，可能没有扫清楚，请重新扫描")
    return digits.zfill(14)


def _upc_a(short: str) -> str:
    """A UPC-E with the zeros that it leaves out (5.2.2.4)."""
    system, six, check = short[0], short[1:7], short[7]
    match six[5]:
        case "0" | "1" | "2":
            full = f"{six[:2]}{six[5]}0000{six[2:5]}"
        case "3":
            full = f"{six[:3]}00000{six[3:5]}"
        case "4":
            full = f"{six[:4]}00000{six[4]}"
        case last:
            full = f"{six[:5]}0000{last}"
    return system + full + check


def _linked(text: str) -> list[tuple[str, str]] | None:
    """The element strings of a GS1 Digital Link, `https://…/01/{gtin}/10/{lot}?17={day}`; None for other texts."""
    if not re.match(r"https?://", text, re.IGNORECASE):
        return None
    address, _, query = text.partition("#")[0].partition("?")
    steps = address.split("/")[3:]
    keys = [n for n, step in enumerate(steps[:-1]) if step in ("00", "01") and re.fullmatch(r"\d{8,18}", steps[n + 1])]
    if not keys:
        return None
    way = steps[keys[0] :]
    found = [(ai, unquote(value)) for ai, value in zip(way[::2], way[1::2], strict=False)]
    found += [(ai, value) for ai, value in parse_qsl(query) if re.fullmatch(r"\d{2}", ai)]
    return [(ai, value.zfill(14) if ai == "01" else value) for ai, value in found]


def _printed(text: str) -> list[tuple[str, str]] | None:
    """The element strings as they are printed below a code, with their AIs in brackets; None for other texts."""
    if not re.match(r"\(\d{2,4}\)", text):
        return None
    return [(ai, value.strip()) for ai, value in re.findall(r"\((\d{2,4})\)(.*?)(?=\(\d{2,4}\)|$)", text)]


def _message(text: str) -> Scanned:
    """All element strings of a message, one after the other."""
    found: list[tuple[str, str]] = []
    rest = text
    while rest:
        ai, value, rest = _element(rest)
        found.append((ai, value))
    return _meaning(_together(found))


def _together(elements: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The elements by their AI, each of them as its AI wants it, none of them twice with another content."""
    found: dict[str, str] = {}
    for ai, value in elements:
        element, rest = _element(ai + value)[1:]
        if rest or not element:
            raise Gs1Broken("length", f"条码里的应用标识符（{ai}）内容长度或字符不对")
        if found.setdefault(ai, element) != element:
            raise Gs1Broken("repeated", f"条码里的应用标识符（{ai}）出现了两次，内容还不一样")
    return found


def _element(rest: str) -> tuple[str, str, str]:
    """The first element string: its AI, its data, and what follows it."""
    part = rest.split(FNC1, 1)[0]
    try:
        element = GS1ElementString.extract(rest, config=_CONFIG)
    except ParseError as error:
        raise _refusal(part, str(error)) from None
    ai, value = element.ai.ai, element.value
    after = rest[len(ai) + len(value) :]
    if element.ai.separator_required and after and not after.startswith(FNC1):
        raise Gs1Broken("length", f"条码里的应用标识符（{ai}）内容太长，或有不允许的字符")
    return ai, value, after.lstrip(FNC1)


def _refusal(part: str, why: str) -> Gs1Broken:
    if why.startswith("Failed to get"):
        return Gs1Broken("unknown_ai", f"条码里有不认识的应用标识符（{part[:4]}）")
    known = re.search(r"GS1 AI \(?(\d+)\)?", why)
    ai = known[1] if known else part[:2]
    if ai in _DATES and re.fullmatch(r"\d{6}", part[len(ai) : len(ai) + 6]):
        return Gs1Broken("date", f"条码里的日期（{ai}）{part[len(ai) : len(ai) + 6]} 不存在")
    return Gs1Broken("length", f"条码里的应用标识符（{ai}）内容长度或字符不对")


def _checked(ai: str, digits: str) -> str:
    if gs1_standard_check_digit(digits[:-1]) != int(digits[-1]):
        raise Gs1Broken("check_digit", f"条码里的编号（{ai}）{digits} 校验位不对，可能没有扫清楚，请重新扫描")
    return digits


def day(ai: str, digits: str) -> date:
    """A date of six digits: the year within 49 years back and 50 ahead, day 00 the last of its month (7.12, 3.4)."""
    year, month, number = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    present = clock.today().year
    year += present - present % 100
    if year - present > 50:
        year -= 100
    elif year - present < -49:
        year += 100
    try:
        return date(year, month, number or monthrange(year, month)[1])
    except (ValueError, IndexError):
        raise Gs1Broken("date", f"条码里的日期（{ai}）{digits} 不存在") from None


def _meaning(found: dict[str, str]) -> Scanned:
    def of(ai: str, read: Callable[[str, str], date]) -> date | None:
        return read(ai, found[ai]) if ai in found else None

    gtin = next((_checked(ai, found[ai]) for ai in ("01", "02") if ai in found), "")
    sscc = _checked("00", found["00"]) if "00" in found else ""
    if not gtin and not sscc:
        raise Gs1Broken("no_item", "条码里没有商品编号（01）或物流单元编号（00）")
    if "01" in found and "02" in found:
        raise Gs1Broken("pairing", "条码里同时有商品（01）和内装商品（02），不知道是哪一个")
    if ("02" in found) != ("37" in found):
        raise Gs1Broken("pairing", "条码里的内装商品（02）和数量（37）要同时有，这里少了一个")
    counted = next((found[ai] for ai in ("37", "30") if found.get(ai)), None)
    if counted is not None and int(counted) == 0:
        raise Gs1Broken("count", "条码里的数量是 0")
    best_before, expiry = of("15", day), of("17", day)
    return Scanned(
        gtin=gtin,
        lot_code=found.get("10", ""),
        produced_on=of("11", day),
        packed_on=of("13", day),
        best_before=best_before,
        expires_on=expiry or best_before,
        serial=found.get("21", ""),
        sscc=sscc,
        count=None if counted is None else int(counted),
    )
