"""`instep csv import|export`, against the sandbox over real HTTP."""

from __future__ import annotations

import csv

import pytest


@pytest.fixture
def file(tmp_path):
    """Write a file of people and return its path."""

    def write(text, name="people.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


def exported(instep, path, *options):
    """What the app holds, by e-mail."""
    said = instep("csv", "export", "ghl", path, "--force", "--json", *options)
    assert said.code == 0, said.err
    with path.open(newline="") as handle:
        return {row["email"]: row for row in csv.DictReader(handle)}


HEAD = "First Name;Last Name;E-mail;Mobile;Town;DOB\r\n"
PEOPLE = (
    HEAD + "Ann;Lee;Ann@Example.com;(415) 555-0123;Ulm;12/31/1980\r\n"
    "Bob;O'Neil;bob@example.com;(415) 555-0124;Bonn;\r\n"
)


def results(said):
    return [(each["line"], each["result"]) for each in said.json["rows"]]


def test_a_file_is_shown_then_brought_in_and_twice_changes_nothing(connected, file, tmp_path):
    path = file(PEOPLE)
    dry = connected("csv", "import", path, "--to", "ghl", "--dry-run", "--json")
    assert dry.code == 0, dry.err
    assert results(dry) == [(2, "create"), (3, "create")]
    assert dry.json["run"] is None
    assert "ann@example.com" not in exported(connected, tmp_path / "out.csv")
    done = connected("csv", "import", path, "--to", "ghl", "--json")
    assert done.code == 0, done.err
    assert results(done) == [(2, "created"), (3, "created")]
    people = exported(connected, tmp_path / "out.csv")
    ann = people["ann@example.com"]
    assert (ann["first_name"], ann["phone"], ann["city"]) == ("Ann", "+14155550123", "Ulm")
    assert ann["date_of_birth"] == "1980-12-31"
    again = connected("csv", "import", path, "--to", "ghl", "--json")
    assert (again.json["rows"], again.json["run"]) == ([], None)
    assert again.json["counts"] == {"rows": 2, "in step": 2}
    assert len(exported(connected, tmp_path / "out.csv")) == len(people)


def test_the_sync_behind_it_rests_and_can_be_undone(connected, file, tmp_path):
    done = connected("csv", "import", file(PEOPLE), "--to", "ghl", "--json").json
    assert (done["connection"], done["sync"]) == ("import-people", "import-people-to-ghl")
    status = connected("sync", "status", done["sync"], "--json").json
    assert (status["state"], status["next_poll"]) == ("paused", "when it is asked to")
    assert "It rests: it only carries out plans." in status["why"]
    before = exported(connected, tmp_path / "out.csv")
    undone = connected("sync", "undo", done["run"], "--yes", "--json")
    assert undone.code == 0, undone.err
    after = exported(connected, tmp_path / "out.csv")
    assert before.keys() - after.keys() == {"ann@example.com", "bob@example.com"}
    status = connected("sync", "status", done["sync"], "--json").json
    assert (status["state"], status["next_poll"]) == ("paused", "when it is asked to")


def test_who_is_there_is_matched_and_changed_field_by_field(connected, file, tmp_path):
    connected("csv", "import", file(PEOPLE), "--to", "ghl", "--json")
    changed = PEOPLE.replace("Ulm", "Köln").replace("(415) 555-0124", "")
    other = file(changed, "later.csv", "cp1252")
    done = connected("csv", "import", other, "--to", "ghl", "--tag", "Spring Fair", "--json")
    assert results(done) == [(2, "updated"), (3, "updated")]
    people = exported(connected, tmp_path / "out.csv")
    assert people["ann@example.com"]["city"] == "Köln"
    assert people["ann@example.com"]["tags"] == "spring fair"
    assert people["bob@example.com"]["phone"] == "+14155550124"  # an empty cell empties nothing


def test_an_emptied_cell_empties_its_field_if_somebody_wants_that(connected, file, tmp_path):
    connected("csv", "import", file(PEOPLE), "--to", "ghl", "--json")
    emptied = file(PEOPLE.replace("Ulm", "").replace("Bonn", ""))
    kept = connected("csv", "import", emptied, "--to", "ghl", "--json")
    assert kept.json["counts"] == {"rows": 2, "in step": 2}
    connected("csv", "import", file(PEOPLE), "--to", "ghl", "--empty", "clears", "--json")
    file(PEOPLE.replace("Ulm", ""))
    done = connected("csv", "import", emptied, "--to", "ghl", "--empty", "clears", "--json")
    assert results(done) == [(2, "updated")]
    assert exported(connected, tmp_path / "out.csv")["ann@example.com"]["city"] == ""


def test_a_row_that_the_app_does_not_take_is_told_with_its_reason(connected, file, tmp_path):
    path = file("First Name,E-mail,Cover\nAnn,ann@example.com,Spaceship\nBob,bob@example.com,\n")
    report = tmp_path / "report.csv"
    pairs = ("--map", "Cover=custom.Policy type", "--report", report)
    done = connected("csv", "import", path, "--to", "ghl", *pairs, "--json")
    assert done.code == 0, done.err
    assert done.json["counts"] == {"rows": 2, "created": 1, "failed": 1}
    assert results(done) == [(2, "failed"), (3, "created")]
    assert "Spaceship" in done.json["rows"][0]["reason"]
    assert "Ann,ann@example.com,Spaceship,failed," in report.read_text("utf-8-sig")


def test_values_that_a_field_cannot_hold_are_left_out_and_told(connected, file, tmp_path):
    path = file("E-mail,Renews,Yearly\nann@example.com,soon,1.250\nb@example.com,1/2/2027,7.50\n")
    pairs = ("--map", "Renews=custom.Renewal date", "--map", "Yearly=custom.Annual premium")
    done = connected("csv", "import", path, "--to", "ghl", *pairs, "--json")
    assert done.code == 0, done.err
    assert [(each["line"], each["column"]) for each in done.json["warnings"]] == [(2, "Renews")]
    fields = "email,custom.Renewal date,custom.Annual premium"
    people = exported(connected, tmp_path / "out.csv", "--fields", fields)
    bob = people["b@example.com"]
    assert (bob["Renewal date"], bob["Annual premium"]) == ("2027-01-02", "7.5")
    assert people["ann@example.com"]["Renewal date"] == ""
    other = file('E-mail,Yearly\nann@example.com,"1,250"\n', "other.csv")
    again = connected("csv", "import", other, "--to", "ghl", *pairs[2:], "--json")
    assert again.json["warnings"][0]["said"] == (
        "'1,250' is no number; it is left out. Write it like 1250.50"
    )


@pytest.mark.parametrize(
    ("only", "expected"),
    [("--update-only", ["updated", "left"]), ("--create-only", ["left", "created"])],
)
def test_only_one_kind_of_change_is_made(connected, file, tmp_path, only, expected):
    connected("csv", "import", file(PEOPLE), "--to", "ghl", "--json")
    both = file(f"{HEAD}Anna;Lee;ann@example.com;;;\r\nCid;Stone;cid@example.com;;;\r\n", "b.csv")
    report = tmp_path / "report.csv"
    done = connected("csv", "import", both, "--to", "ghl", only, "--report", report, "--json")
    assert [each["result"] for each in done.json["rows"]] == expected
    people = exported(connected, tmp_path / "out.csv")
    assert people["ann@example.com"]["first_name"] == ("Anna" if only == "--update-only" else "Ann")
    assert ("cid@example.com" in people) == (only == "--create-only")
    told = report.read_text("utf-8-sig").splitlines()
    assert told[0] == f"{HEAD.strip()};instep_result;instep_reason"
    assert len(told) == 2
    assert f"left;it is {'not ' if only == '--update-only' else ''}there, and {only}" in told[1]


def test_rows_that_are_not_taken_come_back_with_their_reasons(connected, file, tmp_path):
    path = file(
        f"{HEAD}Ann;Lee;ann@example.com;;;\r\n"
        "Bad;Mail;no-at-sign;;;\r\n"
        "Short;row\r\n"
        ";;;;Nowhere;\r\n"
        "Ann;Two;ann2@example.com;12;;31/31/1980\r\n"
        "Dup;One;dup@example.com;;;\r\n"
        "Dup;Two;dup@example.com;;;\r\n"
        '"never closed;;;;;\r\n'
    )
    report = tmp_path / "report.csv"
    done = connected("csv", "import", path, "--to", "ghl", "--report", report, "--json")
    assert done.code == 0, done.err
    assert done.json["counts"] == {"rows": 8, "created": 2, "review": 2, "refused": 4}
    refused = {each["line"]: each for each in done.json["refused"]}
    assert [*refused] == [3, 4, 5, 9]
    assert refused[3]["column"] == "E-mail"
    assert refused[3]["said"] == (
        "'no-at-sign' is not an e-mail address; correct it, or leave it empty"
    )
    assert "2 cells where the header has 6" in refused[4]["said"]
    assert [(each["line"], each["column"]) for each in done.json["warnings"]] == [
        (6, "Mobile"),
        (6, "DOB"),
    ]
    with report.open(newline="", encoding="utf-8-sig") as handle:
        told = [*csv.DictReader(handle, delimiter=";")]
    assert [each["instep_result"] for each in told] == [
        *["refused"] * 3,
        *["review"] * 2,
        "refused",
    ]
    assert told[0]["E-mail"] == "no-at-sign"
    assert "another record on the same side has the same e-mail" in told[3]["instep_reason"]


def test_columns_go_where_they_are_told_and_custom_fields_by_name(connected, file, place, tmp_path):
    made = connected(
        "op",
        "call",
        "locations.create_custom_field",
        "--connection",
        "ghl",
        "--json",
        f"locationId={place['location_id']}",
        "name=Premium",
        "dataType=NUMERICAL",
        "model=contact",
    )
    assert made.code == 0, made.err
    path = file("Mail 2,Yearly,First Name,Colour\neve@example.com,1250.50,Eve,red\n")
    pairs = ("--map", "mail 2=email", "--map", "Yearly=custom.premium", "--map", "First Name=")
    done = connected("csv", "import", path, "--to", "ghl", *pairs, "--json")
    assert done.code == 0, done.err
    assert done.json["unused_columns"] == ["First Name", "Colour"]
    eve = exported(connected, tmp_path / "out.csv", "--fields", "email,first_name,custom.Premium")
    row = eve["eve@example.com"]
    assert (row["first_name"], row["Premium"]) == ("", "1250.5")


REFUSALS = [
    (("--map", "Colour=email"), "has no column 'Colour'. There are: "),
    (("--map", "Town=citty"), "have no field 'citty', which --map names. Did you mean 'city'?"),
    (("--map", "Town"), "--map takes NAME=VALUE"),
    (("--records", "task"), "An import brings each contact or business."),
    (("--empty", "eats"), "--empty takes keeps or clears, not 'eats'."),
    (("--update-only", "--create-only"), "leave nothing to do; choose one."),
    (("--key", "Policy"), "has no column 'Policy' to know its rows by."),
]


@pytest.mark.parametrize(("options", "why"), REFUSALS, ids=[why for _, why in REFUSALS])
def test_what_cannot_be_imported_is_refused_before_anything_is_made(connected, file, options, why):
    said = connected("csv", "import", file(PEOPLE), "--to", "ghl", *options)
    assert said.code == 2
    assert why in said.err
    assert [each["name"] for each in connected("connections", "--json").json] == ["ghl"]


def test_a_file_that_is_not_there_or_empty_is_refused(connected, file, tmp_path):
    said = connected("csv", "import", tmp_path / "none.csv", "--to", "ghl")
    assert (said.code, "none.csv cannot be read: No such file" in said.err) == (2, True)
    said = connected("csv", "import", file(""), "--to", "ghl")
    assert (said.code, "is empty: it has no header line" in said.err) == (2, True)


def test_an_export_takes_whom_and_what_it_is_told(connected, file, tmp_path):
    connected("csv", "import", file(PEOPLE), "--to", "ghl", "--json")
    out = tmp_path / "out.csv"
    some = ("--filter", "city eq Ulm", "--fields", "last_name,email")
    said = connected("csv", "export", "ghl", out, *some, "--json")
    assert said.code == 0, said.err
    assert (said.json["records"], said.json["written"]) == (5, 1)
    assert out.read_text().splitlines()[0] == "id,last_name,email"
    again = connected("csv", "export", "ghl", out)
    assert (again.code, "is there already. Add --force" in again.err) == (2, True)
    wrong = connected("csv", "export", "ghl", tmp_path / "b.csv", "--fields", "emial")
    assert (wrong.code, "Did you mean email?" in wrong.err) == (2, True)
    assert not (tmp_path / "b.csv").exists()


def test_what_a_list_does_not_tell_is_left_out_or_read_one_by_one(connected, file, tmp_path):
    head = "First Name,E-mail,Website\n"
    path = file(f"{head}Ann,ann@example.com,https://ann.example.com\n")
    connected("csv", "import", path, "--to", "ghl", "--json")
    out = tmp_path / "out.csv"
    said = connected("csv", "export", "ghl", out, "--json").json
    assert said["left_out"] == ["website"]
    assert "website" not in out.read_text().splitlines()[0]
    chosen = connected("csv", "export", "ghl", out, "--force", "--filter", "website exists")
    assert (chosen.code, "does not tell website, so that nobody can be chosen" in chosen.err) == (
        2,
        True,
    )
    people = exported(connected, out, "--fields", "email,website")
    assert people["ann@example.com"]["website"] == "https://ann.example.com"


def test_an_export_of_nobody_has_its_header(connected, tmp_path):
    out = tmp_path / "out.csv"
    said = connected("csv", "export", "ghl", out, "--records", "business", "--json")
    assert (said.code, said.json["written"]) == (0, 0)
    assert out.read_text().startswith("id,name,")


def test_no_cell_of_an_export_is_run_by_a_spreadsheet(connected, file, tmp_path):
    connected("csv", "import", file(f"{HEAD}'=1+1;'@x;eve@example.com;;;\r\n"), "--to", "ghl")
    eve = exported(connected, tmp_path / "out.csv")["eve@example.com"]
    assert (eve["first_name"], eve["last_name"]) == ("'=1+1", "'@x")


def test_an_export_can_be_brought_in_again_and_changes_nothing(connected, file, tmp_path):
    connected("csv", "import", file(PEOPLE), "--to", "ghl", "--json")
    exported(connected, tmp_path / "out.csv")
    said = connected("csv", "import", tmp_path / "out.csv", "--to", "ghl", "--json")
    assert said.code == 0, said.err
    assert said.json["counts"] == {"rows": 5, "linked": 5}


def test_businesses_are_brought_in_by_their_names(connected, file, tmp_path):
    path = file("Company Name,Phone,City\nAcme,415-555-0123,Ulm\nBest,,Bonn\n")
    options = ("--to", "ghl", "--records", "business", "--json")
    done = connected("csv", "import", path, *options)
    assert done.code == 0, done.err
    assert done.json["sync"] == "import-people-business-to-ghl"
    assert done.json["counts"] == {"rows": 2, "created": 2}
    out = tmp_path / "firms.csv"
    said = connected("csv", "export", "ghl", out, "--records", "business", "--json")
    assert said.json["written"] == 2
    with out.open(newline="") as handle:
        assert {row["name"]: row["city"] for row in csv.DictReader(handle)} == {
            "Acme": "Ulm",
            "Best": "Bonn",
        }
    assert connected("csv", "import", path, *options).json["counts"] == {"rows": 2, "in step": 2}


def test_notes_are_written_out_contact_by_contact(connected, tmp_path):
    out = tmp_path / "notes.csv"
    said = connected("csv", "export", "ghl", out, "--records", "note", "--json")
    assert said.code == 0, said.err
    assert out.read_text().splitlines()[0].startswith("id,")


def test_a_file_is_connected_and_kept_in_step_by_hand(connected, tmp_path):
    folder = tmp_path / "data" / "files"
    folder.mkdir(parents=True)
    (folder / "clients.csv").write_text(PEOPLE)
    said = connected("connect", "csv", "--name", "broker", "--set", "path=clients.csv", "--json")
    assert (said.code, said.json["account"]) == (0, str(folder.resolve() / "clients.csv"))
    made = connected("sync", "create", "both", "--a", "broker", "--b", "ghl", "--json")
    assert made.code == 0, made.err
    ran = connected("sync", "run", "both", "--json").json
    assert (ran["created_b"], ran["created_a"]) == (2, 3)
    assert len((folder / "clients.csv").read_text().splitlines()) == 6


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("path=none.csv", "There is no file"),
        ("path=/etc/hostname", "INSTEP_ALLOW_ANY_FILE=true"),
        ("kind=lead", "cannot use the value 'lead' for kind. One of contact, business, task, note"),
        ("types=Renews", "types takes HEADER=TYPE"),
        ("largest_rows=many", "cannot use the value 'many' for largest_rows. A number."),
    ],
)
def test_a_file_that_cannot_be_connected_is_refused_in_a_sentence(connected, tmp_path, given, why):
    folder = tmp_path / "data" / "files"
    folder.mkdir(parents=True)
    (folder / "clients.csv").write_text(PEOPLE)
    said = connected("connect", "csv", "--set", "path=clients.csv", "--set", given)
    assert (said.code, why in " ".join(said.err.split())) == (2, True), said.err
    assert "Traceback" not in said.err


def test_people_read_what_happened(connected, file):
    said = connected("csv", "import", file(PEOPLE), "--to", "ghl")
    assert said.code == 0, said.err
    assert "What the import did" in said.out
    assert "created" in said.out
