"""Divisions: the list is whole, codes have the right names, what lies in what, and how it is found."""

from __future__ import annotations

from collections import Counter

import pytest

from server.regions import service as regions
from tests.world import World


def test_the_country_is_whole() -> None:
    # As the Ministry of Civil Affairs counts: 34 provinces, 333 cities and their like; and 2,845 counties.
    levels = Counter(len(regions.prefix(code)) for code in regions.tree())
    assert levels == {2: 34, 4: 333, 6: 2845}
    assert all(code.isdigit() and len(code) == 6 for code in regions.tree())
    assert len(regions.children()) == 34
    # Every county, and what has none: 东莞, 中山, 儋州, 嘉峪关; 台湾, 香港, 澳门.
    assert set(regions.leaves()) - {code for code in regions.tree() if not code.endswith("00")} == {
        "441900", "442000", "460400", "620200", "710000", "810000", "820000",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("330106", "浙江省杭州市西湖区"),
        ("330100", "浙江省杭州市"),
        ("110105", "北京市朝阳区"),  # no city between
        ("500101", "重庆市万州区"),
        ("419001", "河南省济源市"),  # administered by the province itself
        ("429021", "湖北省神农架林区"),
        ("469001", "海南省五指山市"),
        ("659001", "新疆维吾尔自治区石河子市"),
        ("441900", "广东省东莞市"),
        ("710000", "台湾省"),
        ("810000", "香港特别行政区"),
        ("820000", "澳门特别行政区"),
        ("000000", "全国"),
        ("330199", "浙江省杭州市330199"),  # none any more, or never: as much as is known
    ],
)
def test_a_code_has_its_full_name(code: str, name: str) -> None:
    assert regions.full_name(code) == name


def test_what_lies_in_what() -> None:
    assert [region.code for region in regions.ancestors("330106")] == ["330000", "330100"]
    assert regions.lineage("330106") == ["000000", "330000", "330100", "330106"]
    assert regions.lineage("110105") == ["000000", "110000", "110105"]
    inside = [("330106", "330100"), ("330106", "330000"), ("330106", "330106"), ("330106", "000000"),
              ("419001", "410000"), ("110105", "110000"), ("330000", "000000")]  # fmt: skip
    assert all(regions.is_within(code, outer) for code, outer in inside)
    outside = [("330106", "330200"), ("330100", "330106"), ("340100", "330000"), ("000000", "330000")]
    assert not any(regions.is_within(code, outer) for code, outer in outside)


@pytest.mark.parametrize(
    ("text", "first"),
    [("杭州", "330100"), ("hangzhou", "330100"), ("西湖", "330106"), ("3301", "330100"), ("chongqing", "500000"),
     ("浙江省杭州市西湖", "330106"), ("ZHEJIANG", "330000"), (" 济源 ", "419001")],
)  # fmt: skip
def test_a_division_is_found_by_name_pinyin_and_code(text: str, first: str) -> None:
    assert regions.search(text)[0].code == first


def test_initials_find_every_city_that_has_them() -> None:
    assert {"330100", "330500"} <= {region.code for region in regions.search("hz")}  # 杭州, 湖州
    assert regions.search("没有这个地方") == [] and regions.search("  ") == []


async def test_the_tree_is_sent_once_and_then_only_when_it_changes(world: World) -> None:
    tree = (await world.admin.get("/regions"))["items"]
    assert ["330106", "西湖区", "330100"] in tree and len(tree) == 34 + 333 + 2845
    tag = world.admin.last.headers["ETag"]
    again = await world.admin.call("GET", "/regions", headers={"If-None-Match": tag})
    assert again.status_code == 304
    below = (await world.admin.get("/regions/children", params={"parent": "330100"}))["items"]
    assert {"code": "330106", "name": "西湖区", "full_name": "浙江省杭州市西湖区", "has_children": False} in below
    await world.admin.get("/regions/children", 404, params={"parent": "990000"})
    found = (await world.admin.get("/regions/search", params={"q": "xihu"}))["items"]
    assert "浙江省杭州市西湖区" in [item["full_name"] for item in found]
