"""What can go wrong with WeCom and WeChat, and whether trying again may help."""

from __future__ import annotations

BUSY, RATE_LIMITED, CONCURRENT = -1, 45009, 45033
TOKEN_ERRORS = frozenset({40001, 40014, 42001})
_RETRYABLE = frozenset({BUSY, RATE_LIMITED, CONCURRENT})
_WAIT = {BUSY: 1.0, RATE_LIMITED: 60.0, CONCURRENT: 2.0}


class WeComError(Exception):
    """A call that WeCom or WeChat did not carry out; `errcode` is 0 where no answer came."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(f"{errcode} {errmsg}" if errcode else errmsg)
        self.errcode, self.errmsg = errcode, errmsg


class WeComRetryable(WeComError):
    """May pass: network, server, rate. `retry_after` is the least pause in seconds, None where nothing is known."""

    def __init__(self, errcode: int, errmsg: str, retry_after: float | None = None) -> None:
        super().__init__(errcode, errmsg)
        self.retry_after = retry_after


class WeComFinal(WeComError):
    """Will not pass by itself: somebody has to look at it."""


def error_for(errcode: int, errmsg: str) -> WeComError:
    """The error of an answer (WeCom path/96213): busy, rate and tokens may pass, all else is final."""
    if errcode in _RETRYABLE or errcode in TOKEN_ERRORS:
        return WeComRetryable(errcode, errmsg, _WAIT.get(errcode))
    return WeComFinal(errcode, errmsg)
