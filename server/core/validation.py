"""Requests into types, and what is wrong with them in the user's words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from server.core.errors import FieldError, InvalidInput

T = TypeVar("T")
Query = TypeVar("Query", bound=msgspec.Struct)

_AT = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.([A-Za-z0-9_]+)|\[(\d+)\]")
_SENTENCES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"missing required field `(\w+)`"), "缺少必填项"),
    (re.compile(r"contains unknown field `(\w+)`"), "有不认识的内容"),
    (re.compile(r"Expected `int` >= (-?\d+)"), "不能小于 {0}"),
    (re.compile(r"Expected `int` <= (-?\d+)"), "不能大于 {0}"),
    (re.compile(r"Expected `str` of length >= 1$"), "不能为空"),
    (re.compile(r"Expected `str` of length >= (\d+)"), "至少 {0} 个字"),
    (re.compile(r"Expected `str` of length <= (\d+)"), "最多 {0} 个字"),
    (re.compile(r"Expected `array` of length >= (\d+)"), "至少要有 {0} 项"),
    (re.compile(r"Expected `array` of length <= (\d+)"), "最多 {0} 项"),
    (re.compile(r"matching regex '\\\\S'"), "不能为空"),
    (re.compile(r"matching regex"), "格式不对"),
    (re.compile(r"Invalid (?:RFC3339|enum value|UUID)"), "不是可选的值"),
    (re.compile(r"Expected `int`|Integer value out of range|Number out of range"), "应为整数"),
    (re.compile(r"Expected `bool`"), "应为是或否"),
    (re.compile(r"Expected `(?:date|datetime)`"), "日期格式不对"),
    (re.compile(r"Expected `str"), "应为文字"),
)


# What the screens call the fields that people fill in; the pointer keeps the program's name.
_NAMES = {
    "packaging_qty": "数量", "qty": "数量", "approved_qty": "批准数量", "received_qty": "实收数量",
    "damaged_qty": "破损数量", "price_fen": "价格", "amount_fen": "金额", "limit_fen": "额度", "above_fen": "金额",
    "lines": "商品", "ids": "订单", "product_id": "商品", "packaging_id": "包装", "address_id": "收货地址",
    "wished_on": "期望送达日期", "note": "备注", "reason": "原因", "delivery_method": "配送方式", "photo_ids": "照片",
    "name": "名称", "phone": "手机号", "role": "角色", "password": "密码", "old_password": "原密码",
    "new_password": "新密码", "contact_name": "联系人", "contact_phone": "联系电话", "detail": "详细地址",
    "region_code": "区划代码", "code": "编码", "gtin": "条码", "expires_on": "到期日", "lot_code": "批次",
    "from_on": "开始日期", "until_on": "结束日期",
}  # fmt: skip


def _spoken(pointer: str) -> str:
    """A pointer as a person says it: `/lines/0/packaging_qty` → `第 1 行的数量`."""
    *way, last = pointer.strip("/").split("/")
    row = next((f"第 {int(step) + 1} 行的" for step in way if step.isdigit()), "")
    if last.isdigit():
        return f"第 {int(last) + 1} 行"
    return row + (_NAMES.get(last, last) or "内容")


def _pointer(path: str, field: str | None) -> str:
    steps = [name or index for name, index in _STEP.findall(path)]
    if field:
        steps.append(field)
    return "".join(f"/{step}" for step in steps)


def _explain(error: msgspec.ValidationError) -> InvalidInput:
    match = _AT.match(str(error))
    what, path = (match["what"], match["path"] or "$") if match else (str(error), "$")
    for pattern, sentence in _SENTENCES:
        found = pattern.search(what)
        if found:
            named = found.group(1) if "field" in pattern.pattern else None
            text = sentence.format(*found.groups())
            pointer = _pointer(path, named)
            return InvalidInput(f"填写有误：{_spoken(pointer)}{text}", [FieldError(pointer, text)])
    pointer = _pointer(path, None)
    return InvalidInput(f"填写有误：{_spoken(pointer)}格式不对", [FieldError(pointer, "格式不对")])


def decode_body(body: bytes, kind: type[T]) -> T:
    """A JSON body as its type; raises `InvalidInput` with a pointer to the field."""
    if b"\\u0000" in body:  # PostgreSQL stores no NUL in texts
        raise InvalidInput("内容里有无法保存的字符")
    try:
        return msgspec.json.decode(body or b"null", type=kind)
    except msgspec.ValidationError as error:
        raise _explain(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InvalidInput("请求内容不是有效的 JSON") from None


def decode_query(values: Mapping[str, Any], kind: type[Query]) -> Query:
    """Query parameters as their type; one that is given twice or is not known is refused, not guessed at.

    A filter with a slip in its name would otherwise silently show everything.
    """
    plain = {name: items[-1] if isinstance(items, list) else items for name, items in values.items()}
    twice = [name for name, items in values.items() if isinstance(items, list) and len(items) > 1]
    unknown = plain.keys() - {field.encode_name for field in msgspec.structs.fields(kind)}
    if twice or unknown:
        wrong = [(name, "重复了") for name in twice] + [(name, "没有这个查询条件") for name in sorted(unknown)]
        raise InvalidInput("查询条件有误", [FieldError(f"/{name}", words) for name, words in wrong])
    if any("\x00" in str(item) for item in plain.values()):
        raise InvalidInput("查询条件里有无法识别的字符")
    try:
        return msgspec.convert(plain, kind, strict=False)
    except msgspec.ValidationError as error:
        raise _explain(error) from None
