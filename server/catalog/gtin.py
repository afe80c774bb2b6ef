"""Barcodes as scanned → GTIN-14, by biip (GS1 General Specifications)."""

from __future__ import annotations

from biip import ParseError
from biip.gtin import Gtin

from server.core.errors import BusinessError


class GtinCheckDigit(BusinessError):
    """The number is not a GTIN: wrong length or check digit."""

    status, code, title = 422, "gtin_check_digit", "条码不对"


class GtinUnknown(BusinessError):
    """A valid GTIN that no product of the brand carries."""

    status, code, title = 404, "gtin_unknown", "商品库里没有"


def gtin14(code: str) -> str:
    """EAN-8, UPC-A, EAN-13 or ITF-14 as 14 digits; `GtinCheckDigit` names the code as it was scanned."""
    digits = code.strip()
    if len(digits) not in (8, 12, 13, 14) or not (digits.isascii() and digits.isdigit()):
        raise GtinCheckDigit(f"“{digits[:30]}”不是商品条码,请对准包装上的条码重新扫描")
    try:
        return Gtin.parse(digits).as_gtin_14()
    except ParseError:
        raise GtinCheckDigit(f"条码 {digits} 的校验位不对,可能没有扫清楚,请重新扫描") from None
