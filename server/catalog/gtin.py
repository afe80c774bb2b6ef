"""Barcodes as scanned → GTIN-14, by biip (GS1 General Specifications)."""

from __future__ import annotations

from biip import ParseError
from biip.gtin import Gtin
from biip.rcn import Rcn

from server.core.errors import BusinessError


class GtinCheckDigit(BusinessError):
    """The number is no GTIN of a trade item: wrong length or check digit, or for use inside a shop only."""

    status, code, title = 422, "gtin_check_digit", "条码不对"


class GtinUnknown(BusinessError):
    """A valid GTIN that no product of the brand carries."""

    status, code, title = 404, "gtin_unknown", "商品库里没有"


def gtin14(code: str) -> str:
    """EAN-8, UPC-A, EAN-13 or ITF-14 as 14 digits; `GtinCheckDigit` names the code as it was scanned.

    Numbers that a shop prints for itself (restricted circulation) and those of goods sold by weight (indicator 9)
    name no product of the catalogue (GS1 General Specifications 1.4, 2.1.10).
    """
    digits = code.strip()
    if len(digits) not in (8, 12, 13, 14) or not (digits.isascii() and digits.isdigit()):
        raise GtinCheckDigit(f"“{digits[:30]}”不是商品条码，请对准包装上的条码重新扫描")
    try:
        found = Gtin.parse(digits)
    except ParseError:
        raise GtinCheckDigit(f"条码 {digits} 的校验位不对，可能没有扫清楚，请重新扫描") from None
    if isinstance(found, Rcn):
        raise GtinCheckDigit(f"条码 {digits} 是店内码，不是商品的国际条码")
    gtin: str = found.as_gtin_14()
    if gtin[0] == "9":
        raise GtinCheckDigit(f"条码 {digits} 是称重商品的条码，不能用于按件销售的商品")
    return gtin
