"""What a cell may hold, and what people put into it: texts that Excel made numbers, wide digits, dates as text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

TEXT, MONEY, WHOLE, DATE = "@", "#,##0.00", "0", "yyyy-mm-dd"
"""How Excel is to show, and keep, a column."""

_EXACT = 10**15
"""Excel keeps fifteen digits of a number; a code longer than that is spoilt where it was typed as one."""

_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\ufeff\u00ad"))
_DATE = re.compile(r"(\d{4})[-/.年]\s*(\d{1,2})[-/.月]\s*(\d{1,2})日?")
_PACKED_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SCIENCE = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")

Convert = Callable[[Any], Any]


class Refused(Exception):
    """A cell that cannot be taken; the text says why."""


def cleaned(text: str) -> str:
    """A text without what cannot be seen: spaces around it (also wide ones) and signs without width."""
    return text.strip() if text.isascii() else text.translate(_UNSEEN).strip()


def is_blank(value: Any) -> bool:
    """Whether nothing stands in a cell."""
    return value is None or (isinstance(value, str) and (not value or (len(value) < 50 and not cleaned(value))))


def shown(value: Any) -> str:
    """A cell as a person reads it."""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    return "" if value is None else str(value)


def refuse_formula(value: Any) -> None:
    """Formulas and Excel's own errors are no content."""
    if isinstance(value, str):
        if value.startswith("="):
            raise Refused("这里是公式，请复制后“选择性粘贴为数值”")
        if value in _ERRORS:
            raise Refused(f"这里是 Excel 的错误值 {value}")
    elif type(value).__name__ in ("ArrayFormula", "DataTableFormula"):
        raise Refused("这里是公式，请复制后“选择性粘贴为数值”")


def _as_text(value: Any, what: str) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (datetime, date, time)):
        raise Refused(f"Excel 把{what}变成了日期，请把这一列设为“文本”格式后重新填写")
    if isinstance(value, (int, float)):
        if abs(value) >= _EXACT:
            raise Refused(f"{what}位数太多，Excel 已经丢失末尾几位，请把这一列设为“文本”格式后重新填写")
        return shown(value)
    return cleaned(str(value))


def text(most: int = 100) -> Convert:
    """A name, an address, a note."""

    def convert(value: Any) -> str:
        found = _as_text(value, "内容")
        if len(found) > most:
            raise Refused(f"最多 {most} 个字，这里有 {len(found)} 个")
        if _CONTROL.search(found):
            raise Refused("有看不见的控制字符，请重新输入")
        return found

    return convert


def _narrow(value: Any, what: str) -> str:
    found = _as_text(value, what)
    if not found.isascii():
        found = unicodedata.normalize("NFKC", found)
    if isinstance(value, str) and _SCIENCE.fullmatch(found):
        raise Refused(f"{what}变成了科学计数法，请把这一列设为“文本”格式后重新填写")
    if _CONTROL.search(found):
        raise Refused("有看不见的控制字符，请重新输入")
    return found


def code(value: Any) -> str:
    """A code: full-width signs become narrow ones, there are no spaces in it."""
    found = _narrow(value, "编码")
    if len(found) > 100:
        raise Refused("编码最多 100 个字")
    if any(sign.isspace() for sign in found):
        raise Refused("编码里不能有空格")
    return found


def gtin(value: Any) -> str:
    """A barcode; its check digit is the catalogue's matter."""
    found = _narrow(value, "条码").replace(" ", "").replace("-", "")
    if not (found.isascii() and found.isdigit()):
        raise Refused("条码只能是数字")
    if len(found) not in (8, 12, 13, 14):
        lost = "；如果开头的 0 丢了，请把这一列设为“文本”格式" if len(found) in (7, 11) else ""
        raise Refused(f"条码应为 8、12、13 或 14 位，这里是 {len(found)} 位{lost}")
    return found


def mobile(value: Any) -> str:
    """A mobile phone number of eleven digits."""
    found = _narrow(value, "手机号").replace(" ", "").replace("-", "").removeprefix("+86")
    if not re.fullmatch(r"1[0-9]{10}", found):
        raise Refused("手机号应为 1 开头的 11 位数字")
    return found


def telephone(value: Any) -> str:
    """Any telephone number."""
    found = _narrow(value, "电话")
    if not re.fullmatch(r"[0-9+()\- ,;/转#*]{1,50}", found):
        raise Refused("电话只能有数字、空格和 + - ( ) 等符号")
    return found


def region(value: Any) -> str:
    """A division's code of six digits (GB/T 2260)."""
    found = _narrow(value, "区划代码")
    found = found.split(" ")[0]  # the drop-down shows the name behind the code
    if not re.fullmatch(r"[0-9]{6}", found):
        raise Refused("区划代码应为 6 位数字")
    return found


def _number(value: Any) -> Decimal:
    if isinstance(value, (bool, datetime, date, time)):
        raise Refused("应为数字")
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, int):
        return Decimal(value)
    found = unicodedata.normalize("NFKC", cleaned(str(value))).replace(",", "").removeprefix("¥").removesuffix("元")
    try:
        number = Decimal(found.strip())
    except InvalidOperation:
        raise Refused("应为数字") from None
    if not number.is_finite():
        raise Refused("应为数字")
    return number


def yuan(least_fen: int = 1, most_fen: int = 100_000_000) -> Convert:
    """An amount in yuan, as integer fen."""

    def convert(value: Any) -> int:
        amount = _number(value)
        if abs(amount) > 10**12:
            raise Refused("金额太大")
        fen = amount * 100
        if isinstance(value, float):
            fen = fen.quantize(Decimal("0.000001"))  # what a sum of floats leaves behind
        if fen != int(fen):
            raise Refused("金额最多两位小数")
        if not least_fen <= fen <= most_fen:
            raise Refused(f"金额应在 {least_fen / 100:.2f} 到 {most_fen / 100:,.2f} 元之间")
        return int(fen)

    return convert


def whole(least: int, most: int) -> Convert:
    """A whole number."""

    def convert(value: Any) -> int:
        number = _number(value)
        if abs(number) > 10**12 or number != int(number):
            raise Refused("应为整数")
        if not least <= number <= most:
            raise Refused(f"应在 {least} 到 {most} 之间")
        return int(number)

    return convert


def day(value: Any) -> date:
    """A date, also one that was typed as a text."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = unicodedata.normalize("NFKC", shown(value)).strip()
    match = _DATE.fullmatch(found) or _PACKED_DATE.fullmatch(found)
    try:
        if match:
            found_day = date(*map(int, match.groups()))
            if 2000 <= found_day.year <= 2100:
                return found_day
    except ValueError:
        pass
    raise Refused("日期应写成 2027-06-30 这样")


def choice(*allowed: str) -> Convert:
    """One of these words."""

    def convert(value: Any) -> str:
        found = cleaned(shown(value))
        if found not in allowed:
            raise Refused(f"只能填：{'、'.join(allowed)}")
        return found

    return convert


def first(problems: Sequence[str]) -> str:
    """Several problems of one cell as one sentence."""
    return "；".join(dict.fromkeys(problems))
