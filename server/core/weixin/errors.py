"""What can go wrong with WeCom and WeChat, and whether trying again may help."""

from __future__ import annotations

BUSY, RATE_LIMITED, CONCURRENT = -1, 45009, 45033
TASK_ID_TAKEN, NO_GRANT_LEFT = 42014, 43101
TOKEN_ERRORS = frozenset({40001, 40014, 42001})
_RETRYABLE = frozenset({BUSY, RATE_LIMITED, CONCURRENT})
_WAIT = {BUSY: 1.0, RATE_LIMITED: 60.0, CONCURRENT: 2.0}
_WORDS = {
    BUSY: "企业微信繁忙",
    RATE_LIMITED: "接口调用超过频率限制",
    CONCURRENT: "接口并发超过限制",
    TASK_ID_TAKEN: "卡片编号已经用过",
    NO_GRANT_LEFT: "对方没有剩余的订阅次数",
    40001: "应用的 Secret 不对",
    40003: "收件人不存在",
    40013: "企业或小程序的编号不对",
    40014: "访问凭证无效",
    40037: "订阅消息模板不存在",
    40056: "应用编号 AgentId 不对",
    40058: "参数不合规则",
    40125: "小程序的 AppSecret 不对",
    41030: "小程序页面不存在",
    42001: "访问凭证已过期",
    44004: "消息内容为空",
    47003: "订阅消息的内容不合模板规则",
    48002: "应用没有调用这个接口的权限",
    60011: "应用没有权限联系该成员",
    60020: "本机 IP 不在应用的可信 IP 名单里",
    81013: "收件人都不在应用的可见范围内",
}
"""In the words of whoever looks after the outbox (WeCom path/90313, WeChat `subscribeMessage.send`)."""


class WeComError(Exception):
    """A call that WeCom or WeChat did not carry out; `errcode` is 0 where no answer came."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        words = f"{_WORDS[errcode]}({errcode} {errmsg})" if errcode in _WORDS else f"{errcode} {errmsg}"
        super().__init__(words if errcode else errmsg)
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
