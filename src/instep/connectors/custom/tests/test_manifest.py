from __future__ import annotations

import json

import pytest
import yaml

from instep.connectors.custom.document import ManifestRefused
from instep.connectors.custom.loading import Template, load, loads
from instep.connectors.custom.manifest import Manifest
from instep.connectors.custom.tests.on_manifest import HERE
from instep.core.errors import UserError

GOOD = (HERE / "acme.yaml").read_text()


def refused(text, file="acme.yaml"):
    with pytest.raises(ManifestRefused) as caught:
        loads(text, file)
    return str(caught.value).splitlines()


def line_of(text, words):
    [number] = [n for n, line in enumerate(text.splitlines(), 1) if words in line]
    return number


def test_a_wrong_type_is_told_with_file_line_place_and_the_nearest_right_word():
    text = GOOD.replace("type: email, identity", "type: emial, identity")

    assert refused(text) == [
        (
            f"acme.yaml line {line_of(text, 'emial')}, resources.contacts.fields.email.type: "
            "'emial' is no field type; did you mean email?"
        )
    ]


def test_several_things_wrong_are_told_at_once_in_the_order_of_the_lines():
    text = (
        GOOD.replace("title: Acme", "titel: Acme")
        .replace("status: documented", "status: documentd")
        .replace("type: header", "type: heading")
        .replace("identity: weak", "identity: week")
    )

    lines = refused(text)

    assert [line.split(", ", 1)[1] for line in lines] == [
        "title: it is missing.",
        "titel: there is no such entry; did you mean title?",
        "status: 'documentd' is no status; did you mean documented?",
        "http.auth: 'heading' is no type of this; did you mean header?",
        "resources.contacts.fields.phone.identity: 'week' is no identity; did you mean weak?",
    ]


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('"{since}"', '"{sinse}"', "{sinse} means nothing here; did you mean since?"),
        ('"{since}"', '"{config.api_key}"', "{config.api_key} is a secret: only the sign-in"),
        ('"{since}"', '"always"', "nothing in it says {since}"),
        ('"{since}"', '"{since"', "a brace that belongs to no placeholder"),
        ("/contacts/{id}", "/contacts/{record.id}", "{record.id} means nothing here"),
        ("secret: api_key", "secret: apikey", "no setting 'apikey' of the type secret"),
        (
            "      email: {path: /contacts",
            "      mail: {path: /contacts",
            "there is no field 'mail'",
        ),
        ("goes: body", "goes: path", "id.goes is path: say {id} in it"),
        ("field: updated,", "feild: updated,", "there is no such entry; did you mean field?"),
        ("limits: {rate: 50", "limits: {rate: fast", "should be a valid number"),
        ("size: 50", "size: 0", "should be greater than or equal to 1, not 0"),
        ("path: removed", "path: a..b", "a place looks like data.email"),
    ],
)
def test_what_leads_nowhere_is_told(right, wrong, said):
    text = GOOD.replace(right, wrong)
    assert text != GOOD

    assert said in "\n".join(refused(text))


def test_a_key_that_is_there_twice_is_told():
    assert refused(GOOD + "app: other\n") == [
        f"acme.yaml line {len(GOOD.splitlines()) + 1}, app: it is there twice."
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("app: [", "acme.yaml line 2: "),
        ("- a\n", "a manifest is an object"),
        ("app: &a x\ntitle: *a\nstatus: !python/name:os.system x\n", "means nothing here"),
    ],
)
def test_what_is_no_manifest_at_all_is_told(text, said):
    assert said in "\n".join(refused(text))


def test_a_reference_is_not_followed():
    bomb = "a: &a [x]\n" + "b: [*a, *a]\n"

    assert any("it refers to another place" in line for line in refused(bomb))


def test_json_says_its_lines_too():
    text = json.dumps(yaml.safe_load(GOOD), indent=1).replace('"email",', '"emial",', 1)
    number = line_of(text, '"emial",')

    [line] = refused(text, "acme.json")

    assert line.startswith(f"acme.json line {number}, ")
    assert "did you mean email?" in line


def test_json_and_yaml_say_the_same():
    data = yaml.safe_load(GOOD)
    # YAML's own dates and words are none of ours
    assert loads(json.dumps(data, indent="\t"), "acme.json") == loads(GOOD)


def test_a_blank_makes_a_template_and_tells_why():
    text = GOOD.replace("status: documented", "status: template").replace(
        "  verify: {path: /me}", '  verify: !required "A call that reads."'
    )

    found = loads(text)

    assert isinstance(found, Template)
    assert [(each.place, each.why) for each in found.blanks] == [
        ("http.verify", "A call that reads.")
    ]
    assert found.resources["contacts"][0] == "contact"
    as_json = json.dumps(
        {**yaml.safe_load(GOOD), "status": "template", "title": "!required: Its name."}
    )
    assert [each.why for each in loads(as_json, "acme.json").blanks] == ["Its name."]


def test_a_template_is_judged_around_its_blanks():
    text = GOOD.replace("status: documented", "status: template").replace(
        "type: email, identity", "type: !required a, identiti"
    )

    assert refused(text)[0].endswith("there is no such entry; did you mean identity?")


def test_blanks_make_it_a_template_and_nothing_else():
    text = GOOD.replace("  verify: {path: /me}", "  verify: !required")

    assert "so the status is template" in refused(text)[0]


def test_a_completed_template_is_a_manifest():
    assert isinstance(loads(GOOD.replace("status: documented", "status: template")), Manifest)


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(UserError, match="cannot be read"):
        load(tmp_path / "none.yaml")
    (tmp_path / "odd.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="not UTF-8"):
        load(tmp_path / "odd.yaml")
