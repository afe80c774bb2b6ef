"""Codes on paper: labels to print, and how many of a range have left."""

from __future__ import annotations

from tests.orders.pdf import words_of
from tests.trace.street import a_street
from tests.world import World


async def test_codes_are_printed_as_labels_from_one_on_and_two_pages_hold_what_one_cannot(world: World) -> None:
    street = await a_street(world)
    codes = await street.codes(50)
    (made,) = (await world.admin.get("/trace/ranges"))["items"]
    sheet = f"/trace/ranges/{made['id']}/sheet.pdf"
    labels = await world.admin.call("GET", sheet, params={"first": 9, "limit": 42})
    assert labels.headers["content-type"] == "application/pdf"
    words = "".join(words_of(labels.content)).replace(" ", "")
    # Forty labels stand on a page: the 42 codes from the ninth on take two.
    assert words.count("批次L1") == 42 and b"/Count 2" in labels.content
    assert codes[8] in words and codes[49] in words and codes[7] not in words


async def test_a_range_says_how_many_of_its_cases_have_left(world: World) -> None:
    street = await a_street(world)
    codes = await street.codes(5)
    (made,) = (await world.admin.get("/trace/ranges"))["items"]
    path = f"/trace/ranges/{made['id']}"
    assert (await world.admin.get(path))["bound"] == 0
    await street.sold(codes[:3])
    shown = await world.admin.get(path)
    assert (shown["bound"], shown["more"], shown["count"]) == (3, False, 5)


async def test_serials_that_are_on_the_cases_already_are_not_printed_once_more(world: World) -> None:
    street = await a_street(world)
    serials = {"scheme": "sscc", "first": "376104250021234569", "last": "376104250021234576"}
    body = {**serials, "product_id": street.goods.id, "packaging_id": street.goods.case}
    brought = await world.admin.post("/trace/ranges", body, 201)
    refused = await world.admin.get(f"/trace/ranges/{brought['id']}/sheet.pdf", 409)
    assert refused["code"] == "no_sheet"
