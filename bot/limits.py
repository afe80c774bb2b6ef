"""How much one member may be sent.

WeCom drops without an error what passes 30 messages a minute or 1,000 an hour from one app to one member
(path/90454); so we stay below, and wait.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from datetime import datetime, timedelta

WINDOWS = ((timedelta(minutes=1), 28), (timedelta(hours=1), 950))


class MemberLimits:
    """Counts what each member was sent; only the leading bot sends, so memory is enough.

    A bot that takes over reads from the outbox what was sent in the last hour. The margin below WeCom's limits is for
    what the outbox does not say: the texts that stood in for cards which could not be updated.
    """

    def __init__(self) -> None:
        self._sent: dict[str, deque[datetime]] = defaultdict(deque)

    def wait(self, userids: Sequence[str], now: datetime) -> timedelta:
        """How long until all of these members may be sent one more; zero: now."""
        return max((self._wait_for(userid, now) for userid in userids), default=timedelta())

    def _wait_for(self, userid: str, now: datetime) -> timedelta:
        sent = self._sent[userid]
        while sent and now - sent[0] >= WINDOWS[-1][0]:
            sent.popleft()
        waits = [
            window - (now - sent[-allowed])
            for window, allowed in WINDOWS
            if len(sent) >= allowed and now - sent[-allowed] < window
        ]
        return max(waits, default=timedelta())

    def forget(self) -> None:
        """Begin again, before what was sent is read from the outbox."""
        self._sent.clear()

    def count(self, userids: Sequence[str], now: datetime) -> None:
        """Note that these members were sent a message."""
        for userid in userids:
            self._sent[userid].append(now)
