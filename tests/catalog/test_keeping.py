"""Keeping the catalogue: categories put in order, packagings added and removed, products looked through."""

from __future__ import annotations

from typing import Any

from tests.contract.stage import PICTURE
from tests.world import User, World, gtin13, gtin_case, number


async def tree(who: User) -> dict[str, dict[str, Any]]:
    """Categories by name."""
    return {item["name"]: item for item in (await who.get("/categories"))["items"]}


async def add(who: User, name: str, parent: int | None = None) -> int:
    made = await who.post("/categories", {"name": name, "parent_id": parent}, 201)
    return int(made["id"])


async def edit(who: User, path: str, body: dict[str, Any], status: int = 200) -> Any:
    answer = await who.call("PATCH", path, body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_a_category_is_renamed_and_moved_and_of_two_editors_the_second_is_told(world: World) -> None:
    admin, drinks = world.admin, world.category_id
    snacks = await add(admin, "零食")
    soda = await add(admin, "汽水", drinks)
    path = f"/categories/{soda}"
    await edit(admin, path, {"version": 1, "name": "气泡水", "parent_id": snacks})
    late = await edit(admin, path, {"version": 1, "name": "碳酸"}, 409)
    assert late["code"] == "stale_version"
    await edit(admin, path, {"version": 2, "parent_id": None})
    assert (await tree(admin))["气泡水"]["parent_id"] is None
    assert (await edit(admin, path, {"version": 3, "name": "零食"}, 409))["code"] == "code_taken"
    trail = (await admin.get("/audit", params={"subject_kind": "category", "subject_id": soda}))["items"]
    assert [item["verb"] for item in trail] == ["edit", "edit", "create"]
    assert trail[1]["changes"] == {"name": ["汽水", "气泡水"], "parent_id": [drinks, snacks]}


async def test_a_category_does_not_lie_in_itself_nor_the_tree_grow_for_ever(world: World) -> None:
    admin = world.admin
    above = top = await add(admin, "一级")
    ids = [top]
    for level in ("二级", "三级", "四级", "五级"):
        above = await add(admin, level, above)
        ids.append(above)
    for parent in (ids[0], ids[4]):
        refused = await edit(admin, f"/categories/{ids[0]}", {"version": 1, "parent_id": parent}, 422)
        assert refused["code"] == "category_misplaced"
    other = await add(admin, "另一级")
    body = {"ids": [ids[0]], "parent_id": other}
    assert (await admin.post("/categories/arrange", body, 422))["code"] == "category_misplaced"
    await admin.post("/categories/arrange", {"ids": [ids[3]], "parent_id": other}, 204)
    assert (await tree(admin))["四级"]["parent_id"] == other


async def test_categories_stand_in_the_order_that_they_are_given(world: World) -> None:
    admin = world.admin
    ids = [await add(admin, name) for name in ("甲", "乙", "丙")]
    await admin.post("/categories/arrange", {"ids": [ids[2], ids[0], world.category_id, ids[1]]}, 204)
    names = [item["name"] for item in (await admin.get("/catalog/categories"))["items"]]
    assert names == ["丙", "甲", "饮料", "乙"]
    await admin.post("/categories/arrange", {"ids": [ids[0], ids[0]]}, 422)
    below = await add(admin, "甲", ids[1])
    assert (await admin.post("/categories/arrange", {"ids": [below]}, 409))["code"] == "code_taken"


async def test_only_an_empty_category_goes(world: World) -> None:
    admin = world.admin
    await world.product()
    assert (await tree(admin))["饮料"]["product_count"] == 1
    top = await add(admin, "零食")
    below = await add(admin, "坚果", top)
    for used in (world.category_id, top):
        answer = await admin.call("DELETE", f"/categories/{used}")
        assert answer.status_code == 409 and answer.json()["code"] == "category_in_use"
    for status in (204, 404):
        assert (await admin.call("DELETE", f"/categories/{below}")).status_code == status


async def test_a_packaging_is_added_and_found_by_its_barcode_at_once(world: World) -> None:
    product, admin = await world.product(), world.admin
    gtin = gtin13()
    new = {"name": "提", "unit_qty": 6, "gtin": gtin, "is_default": True}
    path = f"/products/{product.id}/packagings"
    made = await admin.post(path, {"version": 1, "packaging": new}, 201)
    assert [(item["name"], item["unit_qty"], item["is_default"]) for item in made["packagings"]] == [
        ("瓶", 1, False), ("提", 6, True), ("箱", 24, False)]  # fmt: skip
    assert made["version"] == 2
    found = (await admin.get("/products", params={"q": gtin}))["items"]
    assert [item["id"] for item in found] == [product.id]
    assert (await admin.post(path, {"version": 1, "packaging": {**new, "gtin": gtin13()}}, 409))[
        "code"
    ] == "stale_version"
    for same in ({**new, "unit_qty": 12}, {**new, "gtin": gtin13()}):  # the barcode; how many
        assert (await admin.post(path, {"version": 2, "packaging": same}, 409))["code"] == "code_taken"
    wrong = {**new, "gtin": gtin[:-1] + str((int(gtin[-1]) + 1) % 10)}
    assert (await admin.post(path, {"version": 2, "packaging": wrong}, 422))["code"] == "gtin_check_digit"


async def test_a_packaging_gets_another_name_and_barcode_and_keeps_what_it_holds(world: World) -> None:
    product, admin = await world.product(), world.admin
    gtin = gtin_case(gtin13())
    path = f"/packagings/{product.case}"
    changed = await edit(admin, path, {"version": 1, "name": "大箱", "gtin": gtin})
    assert [(item["name"], item["gtin"]) for item in changed["packagings"]][1] == ("大箱", gtin)
    assert [item["id"] for item in (await admin.get("/products", params={"q": gtin}))["items"]] == [product.id]
    assert (await admin.get("/products", params={"q": product.itf}))["items"] == []
    usual = await edit(admin, f"/packagings/{product.piece}", {"version": 2, "is_default": True})
    assert [item["is_default"] for item in usual["packagings"]] == [True, False]
    other = await world.product()
    assert (await edit(admin, path, {"version": 3, "gtin": other.itf}, 409))["code"] == "code_taken"


async def test_a_packaging_that_an_order_names_stays_and_so_does_the_piece(world: World) -> None:
    dealer = await world.dealer()
    store = await world.boss(await world.store(dealer))
    product, admin = await world.product(), world.admin
    await world.offer(dealer, [product])
    await world.order(store, [(product, 1)], cases=True)
    refused = await admin.post(f"/packagings/{product.case}/remove", {"version": 1}, 409)
    assert refused["code"] == "packaging_in_use" and "箱" in refused["detail"]
    await admin.post(f"/packagings/{product.piece}/remove", {"version": 1}, 422)
    unused = await world.product()
    left = await admin.post(f"/packagings/{unused.case}/remove", {"version": 1})
    assert [(item["name"], item["is_default"]) for item in left["packagings"]] == [("瓶", True)]
    assert (await admin.get("/products", params={"q": unused.itf}))["items"] == []
    trail = (await admin.get("/audit", params={"subject_kind": "product", "subject_id": unused.id}))["items"]
    assert trail[0]["verb"] == "remove_packaging" and trail[0]["changes"]["unit_qty"] == 24


async def test_a_picture_can_be_taken_away_again(world: World) -> None:
    product, admin = await world.product(), world.admin
    form = {"file": ("a.png", PICTURE, "image/png")}
    url = (await admin.call("POST", "/files", files=form)).json()["url"]
    path = f"/products/{product.id}"
    assert (await edit(admin, path, {"version": 1, "image_url": url}))["image_url"] == url
    assert (await edit(admin, path, {"version": 2, "no_picture": True}))["image_url"] is None
    await admin.get(path + "/picture", 404)


async def test_all_products_are_looked_through_in_every_order_page_by_page(world: World) -> None:
    admin = world.admin
    made = [await world.product(price, name=name) for price, name in ((300, "丙茶"), (100, "甲茶"), (300, "乙水"))]
    codes = sorted(item.code for item in made)
    await edit(admin, f"/products/{made[1].id}", {"version": 1, "status": "stopped"})

    async def walk(**query: Any) -> list[int]:
        found: list[int] = []
        cursor: str | None = None
        while cursor is not None or not found:
            page = await admin.get("/products", params={"limit": 1, **query, **({"cursor": cursor} if cursor else {})})
            found += [item["id"] for item in page["items"]]
            cursor = page["next_cursor"]
            if not page["items"]:
                break
        return found

    c, a, b = (item.id for item in made)
    assert await walk() == [b, a, c]
    assert await walk(sort="price") == [a, c, b]
    assert await walk(sort="name") == [c, b, a]  # by the signs' numbers: 丙 4E19, 乙 4E59, 甲 7532
    assert await walk(sort="code") == [next(item.id for item in made if item.code == code) for code in codes]
    assert await walk(status="stopped") == [a]
    assert await walk(q="茶", sort="price") == [a, c]
    assert await walk(q="cha", category_id=world.category_id) == [a, c]
    other = await add(admin, f"空{number()}")
    assert await walk(category_id=other) == []
    await admin.get("/products", 422, params={"sort": "price", "cursor": "WyJ4IiwxXQ"})
