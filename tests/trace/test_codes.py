"""Codes that nobody can make up, and serials that are counted as they are printed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.errors import InvalidInput
from server.trace import codes, serials

SECRET = bytes(range(16))


@given(st.integers(1, 100_000_000), st.binary(min_size=16, max_size=16))
def test_a_code_says_which_case_it_is_to_whoever_has_the_secret(no: int, secret: bytes) -> None:
    code = codes.write("00ABC", secret, no)
    assert len(code) == 17 and codes.plain(code) == code
    assert codes.number(code, secret, 100_000_000) == no
    assert codes.number(code, secret, no) == no
    assert codes.number(code, secret, no - 1) is None


def test_neighbours_share_nothing_and_no_made_up_code_is_taken_for_one() -> None:
    first, second = (codes.write("00ABC", SECRET, no)[codes.TAG :] for no in (1, 2))
    assert sum(a == b for a, b in zip(first, second, strict=True)) < 6
    # 10,000 codes that differ from a real one in their last three signs: none of them is one of a million.
    real = codes.write("00ABC", SECRET, 7)
    made_up = [real[:-3] + a + b + c for a in codes.SIGNS[:22] for b in codes.SIGNS[:22] for c in codes.SIGNS[:22]]
    taken = [code for code in made_up if codes.number(code, SECRET, 1_000_000) is not None]
    assert [code for code in taken if code != real] == []


@pytest.mark.parametrize("written", ["{}", " {} ", "https://q.example/t/{}", "http://q.example:8000/t/{}?a=1#x"])
def test_a_code_is_read_from_its_link_and_as_somebody_types_it(written: str) -> None:
    code = codes.write("00ABC", SECRET, 7)
    assert codes.plain(written.format(code)) == code
    assert codes.plain(written.format(code.lower())) == code
    typed = f"{code[:5]}-{code[5:11]} {code[11:]}".replace("0", "o").replace("1", "l")
    assert codes.plain(typed) == code


@pytest.mark.parametrize("text", ["", "69012345678901234U", "6901234567890", "https://q.example/x/00ABC0000000000000"])
def test_what_is_no_code_is_not_taken_for_one(text: str) -> None:
    assert codes.plain(text) == ""


def test_serials_are_counted_by_their_last_digits() -> None:
    span = serials.span("A0098", "A0105")
    # 98, 99, 100 … 105
    assert span.size == 8
    assert [serials.at(span.first, span.digits, no) for no in (1, 3, 8)] == ["A0098", "A0100", "A0105"]
    found = [serials.number(text, span.first, span.digits, span.size) for text in ("A0098", "A0105", "A0106", "B0099")]
    assert found == [1, 8, None, None]
    assert serials.number("A00990", span.first, span.digits, span.size) is None
    # The example of GS1 for check digits: 3 7610425 002123456 9.
    assert serials.sscc("37610425002123456") == "376104250021234569"


@pytest.mark.parametrize(("first", "last"), [("A1", "B2"), ("A10", "A9"), ("A2", "A1"), ("AB", "AC"), ("1", "9" * 10)])
def test_serials_that_do_not_belong_together_are_refused(first: str, last: str) -> None:
    with pytest.raises(InvalidInput):
        serials.span(first, last)
