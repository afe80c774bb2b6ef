"""The words and built-in figures of alerts."""

from __future__ import annotations

from typing import Literal

Kind = Literal["low", "high", "soon"]
KIND_NAMES: dict[str, str] = {"low": "低库存", "high": "高库存", "soon": "临期"}

WINDOW_DAYS = 30
"""The pace is what was delivered or sold in so many days."""

MARGIN_PCT = 10
"""By so much a threshold must be left behind before the episode is over."""

BUILT_IN: dict[str, int] = {"low": 7, "high": 60, "cover": 14, "lead": 3}
"""In days, where no rule says anything; when goods are near their end is then said by `stock.freshness`."""
