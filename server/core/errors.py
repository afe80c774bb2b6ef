"""Business errors: one class per error, in the module that owns it, all derived from `BusinessError`.

A class carries the HTTP status and the stable code; an instance carries the sentence for the screen, in the
user's words, and where it applies. `http.py` is the one place that turns them into RFC 9457 problem documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec


class FieldError(msgspec.Struct, frozen=True):
    """What is wrong with one field; `pointer` is an RFC 6901 JSON pointer into the request."""

    pointer: str
    detail: str


class Problem(msgspec.Struct, omit_defaults=True):
    """RFC 9457 problem document; `detail` is for the screen, `code` for programs."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    errors: list[FieldError] = []
    extra: dict[str, Any] = {}


class BusinessError(Exception):
    """A refusal with a reason that the user can act on; nothing was changed."""

    status: ClassVar[int] = 409
    code: ClassVar[str] = "conflict"
    title: ClassVar[str] = "操作未完成"

    def __init__(self, detail: str, errors: Sequence[FieldError] = (), **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = list(errors)
        self.extra = extra

    def problem(self, request_id: str) -> Problem:
        """The document that the client gets."""
        return Problem(
            type=f"urn:qutong:problem:{self.code}",
            title=self.title,
            status=self.status,
            code=self.code,
            detail=self.detail,
            request_id=request_id,
            errors=self.errors,
            extra=self.extra,
        )


class InvalidInput(BusinessError):
    """The request does not say what it should; `errors` names the fields."""

    status, code, title = 422, "invalid_input", "填写有误"


class NotSignedIn(BusinessError):
    """No session, or one that has ended."""

    status, code, title = 401, "not_signed_in", "请先登录"


class Forbidden(BusinessError):
    """The account lacks the permission."""

    status, code, title = 403, "forbidden", "没有权限"


class OrgFrozen(BusinessError):
    """The account's organisation (`own`: nobody of it may do anything), or the one it deals with, is frozen."""

    status, code, title = 403, "org_frozen", "已被冻结"


class NotFound(BusinessError):
    """No such thing, or none that the actor may see; the two are not told apart."""

    status, code, title = 404, "not_found", "没有找到"


class StaleVersion(BusinessError):
    """Somebody else changed the record since it was read."""

    status, code, title = 409, "stale_version", "内容已被别人修改"


class TooManyRequests(BusinessError):
    """A rate limit; `retry_after` seconds are given along."""

    status, code, title = 429, "too_many_requests", "操作太频繁"


class Unavailable(BusinessError):
    """Something that the answer needs cannot be reached at the moment."""

    status, code, title = 503, "unavailable", "暂时无法处理"
