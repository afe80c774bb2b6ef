"""Opens a workbook that somebody sent, without trusting anything about it.

What a file is, is seen from its contents. Its parts are looked through before openpyxl gets it: how large they would
become, whether there are macros, entities, merged cells. Whatever is wrong is said in the words of somebody who has the
file open in Excel.
"""

from __future__ import annotations

import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from openpyxl import load_workbook

from server.core.errors import BusinessError

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 300 * 1024 * 1024
MAX_PARTS = 500
_CHUNK = 1024 * 1024
_OVERLAP = 200
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*ref="([A-Z]{1,3}\d{1,7}(?::[A-Z]{1,3}\d{1,7})?)"')
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row [^>]*hidden="(?:1|true)"')


class NotAWorkbook(BusinessError):
    """The file cannot be read as an Excel workbook, or not safely."""

    status, code, title = 422, "not_a_workbook", "文件不能读取"


@dataclass
class SheetFacts:
    """What is seen of a sheet's own part, beside its cells."""

    merged: list[str] = field(default_factory=list)
    hidden_rows: int = 0


def check_head(body: bytes) -> None:
    """Refuse at once what is no .xlsx by its contents: too large, another kind of file, one with a password."""
    if not body:
        raise NotAWorkbook("文件是空的，请重新选择")
    if len(body) > MAX_BYTES:
        raise NotAWorkbook(f"文件不能超过 {MAX_BYTES // 1024 // 1024} MB，请分成几个文件")
    if body.startswith(_OLE):
        if _ENCRYPTED in body:
            raise NotAWorkbook("文件有打开密码，请在 Excel 里去掉密码，另存后再上传")
        raise NotAWorkbook("这是旧格式（.xls）的文件，请在 Excel 里另存为“Excel 工作簿（.xlsx）”再上传")
    if not body.startswith(b"PK\x03\x04"):
        raise NotAWorkbook("这不是 Excel 文件，请上传 .xlsx 格式的工作簿")


# What zipfile says of a file that is no sound package: its own errors, and those of the codecs of a damaged stream (bz2
# has none of its own).
_DAMAGED = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,  # raised by zipfile for a way of packing that it does not know; no workbook uses one
)


def look_through(path: Path) -> None:
    """Refuse a package that would become too large, has macros or passwords, or is none of a workbook."""
    try:
        with zipfile.ZipFile(path) as package:
            _check_parts(package)
            for info in package.infolist():
                if info.filename.lower().endswith((".xml", ".rels", ".vml")):
                    _check_xml(package, info)
    except _DAMAGED as error:
        raise NotAWorkbook("文件已损坏，请在 Excel 里打开、另存后再上传") from error


def _check_parts(package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    names = {info.filename.lower() for info in parts}
    if any(info.flag_bits & 1 for info in parts):
        raise NotAWorkbook("文件有打开密码，请去掉密码，另存后再上传")
    if "xl/workbook.xml" not in names:
        binary = "xl/workbook.bin" in names
        raise NotAWorkbook(
            "这是 .xlsb 格式，请另存为“Excel 工作簿（.xlsx）”再上传"
            if binary
            else "这不是 Excel 文件，请上传 .xlsx 格式的工作簿"
        )
    if any(name.endswith("vbaproject.bin") for name in names):
        raise NotAWorkbook("文件带有宏，请另存为“Excel 工作簿（.xlsx）”再上传")
    if len(parts) > MAX_PARTS or sum(info.file_size for info in parts) > MAX_UNPACKED:
        raise NotAWorkbook("文件解开后太大，请只保留要导入的工作表，分成几个文件再上传")


def _check_xml(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    """Entities are the way of an XML bomb; no Excel writes any."""
    with package.open(info) as part:
        for chunk, _ in _chunks(part):
            if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
                raise NotAWorkbook("文件里有不安全的内容，请在 Excel 里另存后再上传")


def _chunks(part: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """A part in pieces that overlap, so that nothing is cut in two; and where in each the new begins."""
    rest = b""
    while chunk := part.read(_CHUNK):
        yield rest + chunk, len(rest)
        rest = chunk[-_OVERLAP:]


def open_book(path: Path) -> Any:
    """The workbook, to be read row by row; formulas as they are written, not what they gave."""
    check_head(path.read_bytes())
    look_through(path)
    try:
        return load_workbook(path, read_only=True, data_only=False, keep_links=False)
    except Exception as error:  # openpyxl raises whatever its readers stumble upon
        raise NotAWorkbook("文件已损坏，请在 Excel 里打开、另存后再上传") from error


def facts(path: Path, part: str) -> SheetFacts:
    """Merged cells and hidden rows of a sheet, whose part in the package has this name."""
    found = SheetFacts()
    with zipfile.ZipFile(path) as package, package.open(part.lstrip("/")) as stream:
        merged: dict[str, None] = {}
        for chunk, new in _chunks(stream):
            merged.update((ref.decode(), None) for ref in _MERGED.findall(chunk))
            found.hidden_rows += sum(1 for hit in _HIDDEN_ROW.finditer(chunk) if hit.end() > new)
        found.merged = list(merged)
    return found
