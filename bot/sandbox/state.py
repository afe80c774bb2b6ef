"""Everything the sandbox remembers, on a clock that can be advanced."""

from __future__ import annotations

import secrets
import time
from collections import defaultdict, deque
from pathlib import Path
from typing import Any, Literal

import msgspec

CODE_SECONDS = 72 * 3600
"""How long a response code can be used (WeCom path/94945)."""
MEMBER_WINDOWS = ((60, 30), (3600, 1000))
"""Seconds and messages: what one app may send one member; more is dropped without an error (path/90454)."""
WEBHOOK_WINDOW = (60, 20)

KEPT = 5000
"""Messages and deliveries that are remembered; older ones are forgotten."""

Card = dict[str, Any]
Mode = Literal["up", "down", "slow", "rate_limited"]


class Member(msgspec.Struct):
    """Somebody in the corp, or (`userid` "wx:…") a WeChat user with the mini-program."""

    userid: str
    name: str


class Version(msgspec.Struct):
    """What a copy of a message shows since `at`; `grey` is the text in place of its buttons."""

    at: float
    content: dict[str, Any]
    grey: str = ""


class Message(msgspec.Struct):
    """One copy of a message, in the chat of one member; `msgid` is shared by all copies of a send."""

    id: int
    msgid: str
    userid: str
    kind: str
    sent_by_member: bool
    at: float
    versions: list[Version]
    task_id: str = ""
    read: bool = False


class ResponseCode(msgspec.Struct):
    """The right to change a card once; `userid` pressed it, or is empty for the code of the send."""

    task_id: str
    userid: str
    until: float
    used: bool = False


class Attempt(msgspec.Struct):
    """One call of the bot."""

    at: float
    seconds: float
    outcome: str


class CallbackDelivery(msgspec.Struct):
    """One event for the bot and how it got there; `outcome` is that of the last attempt."""

    id: int
    at: float
    userid: str
    event: str
    dedupe_key: str
    attempts: list[Attempt]
    outcome: str = "delivering"


class LoginCode(msgspec.Struct):
    """A code of wx.login (`openid`) or of WeCom's OAuth (`userid`); good once and for five minutes."""

    until: float
    openid: str = ""
    unionid: str = ""
    userid: str = ""
    used: bool = False


class WebLogin(msgspec.Struct):
    """A browser that shows a QR code; `back` is where it goes once the phone has answered."""

    redirect_uri: str
    state: str
    until: float
    back: str = ""


class Memory(msgspec.Struct):
    """What is kept over a restart of `python -m bot.sandbox`."""

    members: dict[str, Member] = {}
    messages: list[Message] = []
    response_codes: dict[str, ResponseCode] = {}
    deliveries: list[CallbackDelivery] = []
    tokens: dict[str, float] = {}
    codes: dict[str, LoginCode] = {}
    openids: list[str] = []
    grants: dict[str, dict[str, int]] = {}
    recent: dict[str, float] = {}
    dropped: dict[str, int] = {}
    last_id: int = 0
    clock_ahead: float = 0.0


class State:
    """The memory, the clock, the mode and the counters of one sandbox; kept in `file` where one is given."""

    def __init__(self, open_membership: bool, file: Path | None = None) -> None:
        self.open_membership = open_membership
        self.file = file
        self.memory = Memory()
        self.mode: Mode = "up"
        self.slow_seconds, self.answers_late = 0.0, False
        self.changed = False
        self.web_logins: dict[str, WebLogin] = {}
        self._sent: dict[str, deque[float]] = defaultdict(deque)

    def now(self) -> float:
        """Seconds since 1970 on the sandbox's own clock."""
        return time.time() + self.memory.clock_ahead

    def next_id(self) -> int:
        """A number that was not used before."""
        self.memory.last_id += 1
        self.changed = True
        return self.memory.last_id

    def reset(self) -> None:
        """Forget everything; tokens and codes that are out there become invalid."""
        self.memory = Memory(last_id=self.memory.last_id)
        self.set_mode("up")
        self._sent.clear()
        self.changed = True

    def set_mode(self, mode: Mode, seconds: float = 0.0, answers_late: bool = False) -> None:
        """How the APIs behave; `answers_late`: when slow, calls take effect at once and only the answer is late."""
        self.mode, self.slow_seconds, self.answers_late = mode, seconds, answers_late

    def member(self, userid: str) -> Member | None:
        """The member, who is made up at the first mention where membership is open."""
        found = self.memory.members.get(userid)
        if found is None and self.open_membership and userid:
            found = self.add_member(userid, userid)
        return found

    def add_member(self, userid: str, name: str) -> Member:
        """Add or rename a member."""
        self.changed = True
        member = self.memory.members.setdefault(userid, Member(userid, name))
        member.name = name
        return member

    def allowed(self, userid: str) -> bool:
        """Count one message to a member; False when it is over the limit and must be dropped (path/90454)."""
        if self._within(f"member:{userid}", MEMBER_WINDOWS):
            return True
        self.memory.dropped[userid] = self.memory.dropped.get(userid, 0) + 1
        self.changed = True
        return False

    def webhook_allowed(self, key: str) -> bool:
        """Count one message of a group robot; False over 20 a minute."""
        return self._within(f"webhook:{key}", (WEBHOOK_WINDOW,))

    def _within(self, key: str, windows: tuple[tuple[int, int], ...]) -> bool:
        sent, now = self._sent[key], self.now()
        while sent and now - sent[0] >= windows[-1][0]:
            sent.popleft()
        if any(sum(now - at < seconds for at in sent) >= most for seconds, most in windows):
            return False
        sent.append(now)
        return True

    def seen_lately(self, fingerprint: str, interval: int) -> bool:
        """Whether the same was sent within its interval; remembers it otherwise (`enable_duplicate_check`)."""
        now = self.now()
        self.memory.recent = {key: until for key, until in self.memory.recent.items() if until > now}
        if fingerprint in self.memory.recent:
            return True
        self.memory.recent[fingerprint] = now + interval
        return False

    def add_message(
        self, userid: str, msgid: str, kind: str, content: dict[str, Any], task_id: str = "", by_member: bool = False
    ) -> Message:
        """Put a message into a member's chat."""
        now = self.now()
        version = Version(now, content)
        message = Message(self.next_id(), msgid, userid, kind, by_member, now, [version], task_id, read=by_member)
        self.memory.messages.append(message)
        del self.memory.messages[:-KEPT]
        return message

    def copies(self, task_id: str) -> list[Message]:
        """All copies of a card."""
        return [message for message in self.memory.messages if message.task_id == task_id]

    def change(self, message: Message, content: Card | None, grey: str = "") -> None:
        """Let a copy show another card, or grey text in place of its buttons."""
        shown = content if content is not None else message.versions[-1].content
        grey = grey or str(shown.get("replace_text") or "")
        message.versions.append(Version(self.now(), shown, grey))
        message.read = False
        self.changed = True

    def new_response_code(self, task_id: str, userid: str = "") -> str:
        """The right to change a card once within 72 hours (WeCom path/94945)."""
        code = secrets.token_urlsafe(24)
        self.memory.response_codes[code] = ResponseCode(task_id, userid, self.now() + CODE_SECONDS)
        self.changed = True
        return code

    def new_token(self, kind: str, seconds: int = 7200) -> str:
        """The token of `wecom` or `wechat`: the one that is still good, or a new one, as both APIs do."""
        now = self.now()
        for token, until in self.memory.tokens.items():
            if token.startswith(kind) and until > now:
                return token
        token = f"{kind}-{secrets.token_urlsafe(32)}"
        self.memory.tokens[token] = now + seconds
        self.changed = True
        return token

    def token_error(self, kind: str, token: str) -> int:
        """0, or 40014 for a token that never was, 42001 for one that has expired."""
        until = self.memory.tokens.get(token) if token.startswith(kind) else None
        if until is None:
            return 40014
        return 42001 if until <= self.now() else 0

    def save(self) -> None:
        """Write the memory to its file, whole or not at all, when something has changed."""
        if self.file is None or not self.changed:
            return
        self.changed = False
        self.file.parent.mkdir(parents=True, exist_ok=True)
        beside = self.file.with_suffix(".new")
        beside.write_bytes(msgspec.json.encode(self.memory))
        beside.replace(self.file)

    def load(self) -> None:
        """Read the file of an earlier run; one that cannot be read counts as none."""
        if self.file is None or not self.file.exists():
            return
        try:
            self.memory = msgspec.json.decode(self.file.read_bytes(), type=Memory)
        except (OSError, msgspec.DecodeError, msgspec.ValidationError):
            self.memory = Memory()
