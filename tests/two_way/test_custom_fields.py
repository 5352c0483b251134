"""Fields that people made themselves, by their names, between both apps and both ways."""

from __future__ import annotations

import pytest

from instep.core.errors import UserError
from tests.two_way.stage import GHL, SYNC, email, person, staged

ANNA, BERT = email("Anna"), email("Bert")

NAMES = (
    *("Policy number", "Policy type", "Cover notes", "Annual premium", "Household size"),
    *("Renewal date", "Contact by", "Interests", "Other insurers", "Second phone", "Adviser"),
)
MAPPING = [
    *({"a": name} for name in ("first_name", "last_name", "email")),
    *({"a": f"custom.{name}", "clears": True} for name in NAMES),
]

OF_GHL = {
    "Policy number": "P-00/17",
    "Policy type": "Motor",
    "Cover notes": "First line\nSecond line",
    "Annual premium": 1250.5,
    "Household size": 4,
    "Renewal date": "2027-03-04",
    "Contact by": "Phone",
    "Interests": ["Cars", "Sailing"],
    "Other insurers": ["Beacon"],
    "Second phone": "+12125550177",
    "Adviser": "O'Néill & Sons",
}
OF_INSIGHTLY = {
    **OF_GHL,
    "Renewal date": "2027-03-04 00:00:00",
    "Interests": "Cars;Sailing",
    "Other insurers": "Beacon",
}


class Ghl:
    """A contact's custom values in GoHighLevel, by name."""

    def __init__(self, stage):
        self.app = stage.ghl
        location = stage.sandbox.describe()[GHL]["location_id"]
        told = self.app.call("GET", f"/locations/{location}/customFields?model=contact")
        self.ids = {each["name"]: each["id"] for each in told["customFields"]}

    def values(self, key):
        held = {each["id"]: each["value"] for each in self._raw(key)["customFields"]}
        return {name: held[key] for name, key in self.ids.items() if key in held}

    def write(self, key, **values):
        sent = [
            {"id": self.ids[name.replace("_", " ")], "field_value": value}
            for name, value in values.items()
        ]
        self.app.call("PUT", f"/contacts/{self.app.id_of(key)}", {"customFields": sent})

    def _raw(self, key):
        return self.app.raw(self.app.id_of(key))


class Insightly:
    """A contact's custom values in Insightly, by name."""

    def __init__(self, stage):
        self.app = stage.insightly
        told = self.app.call("GET", "/CustomFields/Contacts")
        self.names = {each["FIELD_LABEL"]: each["FIELD_NAME"] for each in told}

    def values(self, key):
        raw = self.app.raw(self.app.id_of(key))
        held = {each["FIELD_NAME"]: each["FIELD_VALUE"] for each in raw["CUSTOMFIELDS"]}
        return {label: held[name] for label, name in self.names.items() if name in held}

    def write(self, key, **values):
        sent = [
            {"FIELD_NAME": self.names[label.replace("_", " ")], "FIELD_VALUE": value}
            for label, value in values.items()
        ]
        number = int(self.app.id_of(key))
        self.app.call("PUT", "/Contacts", {"CONTACT_ID": number, "CUSTOMFIELDS": sent})


@pytest.fixture
async def world(database_url, tmp_path):
    """Anna with eleven custom values in GoHighLevel only; Bert in both, with none."""
    people = ([person("Anna"), person("Bert")], [person("Bert")])
    async with staged(database_url, tmp_path, people) as stage:
        await stage.connect()
        sides = Ghl(stage), Insightly(stage)
        sides[0].write(ANNA, **{name.replace(" ", "_"): value for name, value in OF_GHL.items()})
        await stage.create(mapping=MAPPING)
        await stage.run()
        yield stage, *sides


async def test_a_new_record_takes_more_than_ten_custom_fields_along(world):
    _, ghl, insightly = world

    assert ghl.values(ANNA) == OF_GHL
    assert insightly.values(ANNA) == OF_INSIGHTLY
    assert insightly.values(BERT) == {}


async def test_every_custom_field_travels_back_and_nothing_else_moves(world):
    stage, ghl, insightly = world
    edited = {
        "Policy_number": "P-1",
        "Policy_type": "Home",
        "Cover_notes": "Only one line",
        "Annual_premium": 99,
        "Household_size": 2,
        "Renewal_date": "2028-02-29 00:00:00",
        "Contact_by": "Post",
        "Interests": "Property;Sailing;Travel",
        "Other_insurers": "Acorn;Compass",
        "Second_phone": "(212) 555-0133",
        "Adviser": "Ann",
    }
    insightly.write(ANNA, **edited)
    await stage.run()

    assert {
        name: sorted(value) if isinstance(value, list) else value
        for name, value in ghl.values(ANNA).items()
    } == {
        **{name.replace("_", " "): value for name, value in edited.items()},
        "Renewal date": "2028-02-29",
        "Interests": ["Property", "Sailing", "Travel"],
        "Other insurers": ["Acorn", "Compass"],
        "Second phone": "+12125550133",
    }
    told = len(stage.history())
    assert (await stage.run()).latest.counts.get("updated_b", 0) == 0
    assert len(stage.history()) == told


async def test_choices_of_both_sides_are_kept_and_what_one_takes_away_goes(world):
    stage, ghl, insightly = world
    ghl.write(ANNA, Interests=["Cars", "Sailing", "Travel"])
    insightly.write(ANNA, Interests="Property;Sailing")
    await stage.run()

    assert sorted(ghl.values(ANNA)["Interests"]) == ["Property", "Sailing", "Travel"]
    assert sorted(insightly.values(ANNA)["Interests"].split(";")) == [
        *("Property", "Sailing", "Travel")
    ]


async def test_emptied_custom_fields_are_emptied_there_too(world):
    stage, ghl, insightly = world
    ghl.write(ANNA, Policy_number="", Interests=[], Annual_premium="")
    await stage.run()

    assert set(OF_INSIGHTLY) - set(insightly.values(ANNA)) == {
        *("Policy number", "Interests", "Annual premium")
    }


async def test_a_choice_the_other_app_does_not_have_is_refused_for_its_record_only(world):
    stage, ghl, insightly = world
    ghl.write(ANNA, Policy_type="Boat")
    ghl.write(BERT, Policy_type="Life")
    await stage.run()

    assert insightly.values(BERT) == {"Policy type": "Life"}
    assert insightly.values(ANNA)["Policy type"] == "Motor"
    assert "has no custom.Policy type 'Boat'; it has Home, Life" in str(await stage.why(ANNA))


async def test_the_apps_are_asked_for_their_fields_once_in_five_minutes(world):
    stage, *_ = world

    def asked():
        return [
            sum(count for path, count in app.calls().items() if "customfields" in path.lower())
            for app in stage.apps
        ]

    before = asked()
    stage.wait(200)
    await stage.run()
    soon = asked()
    stage.wait(200)
    await stage.run()

    assert (before, soon) == ([2, 2], [2, 2])  # one by hand, one by the engine
    assert asked() == [3, 3]


async def test_an_app_that_cannot_tell_its_fields_now_does_not_stop_the_sync(world):
    stage, ghl, insightly = world
    ghl.write(ANNA, Policy_number="P-2")
    stage.wait(400)
    for app in stage.apps:
        app.fault("server_error", count=1)
    await stage.run()

    assert insightly.values(ANNA)["Policy number"] == "P-2"


async def test_a_sync_that_cannot_be_opened_yet_waits_and_is_not_halted(world):
    stage, ghl, insightly = world
    ghl.write(ANNA, Policy_number="P-3")
    stage.instep.clients._custom._known.clear()  # as in a process that was just started
    stage.insightly.fault("server_error", count=20)
    await stage.instep.syncs.request_run(SYNC)
    waiting = await stage.work()
    stage.insightly.calm()
    stage.wait(61)
    await stage.settle()

    assert waiting.sync.state == "active"
    assert insightly.values(ANNA)["Policy number"] == "P-3"


async def test_a_name_that_is_no_field_is_refused_with_the_nearest(bare):
    rows = [{"a": "email"}, {"a": "custom.Policy numbr"}]

    with pytest.raises(UserError, match="Did you mean custom.Policy number"):
        await bare.create(mapping=rows)


async def test_custom_fields_are_mapped_by_nobody_but_a_person(bare):
    sync = await bare.create()

    assert not [row for row in sync.mapping if row["a"].startswith("custom.")]
    assert not any("ustom" in path for app in bare.apps for path in app.calls())
