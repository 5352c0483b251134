"""Every correction is still needed: without it the catalogue would be another one."""

from __future__ import annotations

import pytest

from tools.catalogue import corrections, listed, names, paging
from tools.catalogue.__main__ import find_specs
from tools.catalogue.build import build

SPECS = find_specs()
TABLES = {
    "parameters": (corrections, "PARAMETERS"),
    "security": (corrections, "SECURITY"),
    "versions": (corrections, "VERSIONS"),
    "bodies": (corrections, "BODIES"),
    "replies": (corrections, "REPLIES"),
    "places": (corrections, "PLACES"),
    "effects": (corrections, "EFFECTS"),
    "replaced by": (corrections, "REPLACED_BY"),
    "pages": (paging, "EXCEPTIONS"),
    "media": (listed, "MEDIA"),
    "events": (listed, "EVENTS"),
}


def by_id(files):
    return {each["id"]: each for file in files.values() for each in file["operations"]}


@pytest.fixture(scope="module")
def whole():
    return build(SPECS)


@pytest.mark.parametrize("table", TABLES)
def test_each_line_changes_its_operation(table, whole, monkeypatch):
    module, name = TABLES[table]
    wanted = getattr(module, name)
    monkeypatch.setattr(module, name, {})
    bare = by_id(build(SPECS))
    full = by_id(whole)
    assert [each for each in wanted if full[each] == bare[each]] == []


def test_each_legacy_product_is_one(whole, monkeypatch):
    monkeypatch.setattr(corrections, "LEGACY_PRODUCTS", ())
    bare = by_id(build(SPECS))
    assert all("flags" not in bare[each] for each in corrections.LEGACY_PRODUCTS)
    assert all(by_id(whole)[each]["flags"] for each in ("campaigns.list",))


def test_each_renamed_path_would_be_two_operations(whole, monkeypatch):
    monkeypatch.setattr(corrections, "RENAMED_IN_V3", {})
    bare = by_id(build(SPECS))
    for path in corrections.RENAMED_IN_V3:
        assert path not in {each["views"].get("v2", {}).get("path") for each in bare.values()}
    assert by_id(whole).keys() == bare.keys()


def test_each_property_taken_off_the_required_ones_is_required_in_the_specs(whole, monkeypatch):
    relaxed = corrections.NOT_REQUIRED
    monkeypatch.setattr(corrections, "NOT_REQUIRED", {})
    bare = build(SPECS)
    for place, wrongly in relaxed.items():
        product, _, shape = place.partition(".")
        left = whole[product]["shapes"][shape].get("required", [])
        assert set(wrongly) <= set(bare[product]["shapes"][shape]["required"])
        assert not set(wrongly) & set(left)


def test_each_entry_that_is_placed_by_hand_would_fall_elsewhere(monkeypatch):
    monkeypatch.setattr(corrections, "LISTED_AS", {})
    with pytest.raises(SystemExit, match="is listed twice"):
        build(SPECS)


@pytest.mark.parametrize(
    ("product", "official"),
    [(product, official) for product, chosen in names.NAMES.items() for official in chosen],
)
def test_each_name_chosen_by_hand_differs_from_the_rule(product, official, monkeypatch):
    chosen = names.NAMES[product][official]
    monkeypatch.setattr(names, "NAMES", {})
    assert names.name_of(product, official) != chosen
