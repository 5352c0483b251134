from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instep.connectors.csv.kinds import KINDS
from instep.connectors.csv.reading import read_table
from instep.connectors.csv.table import Form
from instep.core.errors import RecordRejected, UserError
from instep.core.records import Write

CONTACTS = Form(KINDS["contact"])


def read(text, form=CONTACTS, encoding="utf-8", **more):
    raw = text if isinstance(text, bytes) else text.encode(encoding)
    return read_table(raw, form, "people.csv", **more)


def everybody(table):
    return [table.record(place, None) for place in table.following(0)]


def named(table, record_id):
    return table.record(table.place(record_id), None)


TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\ufeff", exclude_categories=["Cs"]),
    min_size=1,
    max_size=15,
).filter(lambda text: text.strip())
ODD = st.text(st.sampled_from("'\"=+-@,;\t\r\n |a1€"), min_size=1, max_size=8).filter(str.strip)
HEADS = st.sampled_from(
    [
        "id,First Name,Notes\n",
        "id;First Name;Notes\r\n",
        "id\tFirst Name\tNotes\r",
        '"id"|"First Name"|"Notes"\n',
        "First Name,Notes,E-mail\n",
    ]
)
MARKS = st.sampled_from([b"", codecs.BOM_UTF8])


@settings(deadline=None)  # a shared machine has its pauses
@given(HEADS, MARKS, st.lists(st.tuples(st.one_of(TEXT, ODD), st.one_of(TEXT, ODD)), max_size=4))
def test_any_text_that_is_written_is_read_back(head, mark, rows):
    table = read(mark + head.encode())
    for first_name, notes in rows:
        table.add({"first_name": first_name, "custom.Notes": notes})
    again = read(table.dump())
    told = [(each.values["first_name"], each.values["custom.Notes"]) for each in everybody(again)]
    assert told == rows
    assert again.ids == table.ids
    assert again.dialect == table.dialect


@settings(deadline=None)  # a shared machine has its pauses
@given(st.lists(st.tuples(TEXT, ODD), min_size=1, max_size=4), st.data())
def test_a_change_touches_one_cell_and_nothing_else(rows, data):
    table = read("id,Town,Notes,Odd\n" + "".join(f'{n},"Ulm", x ,"""{n}"\n' for n in range(9)))
    before = [*table.lines]
    place = data.draw(st.integers(0, 8))
    table.edit(place, Write(set={"custom.Notes": rows[0][1]}))
    again = read(table.dump())
    assert named(again, str(place)).values["custom.Notes"] == rows[0][1]
    assert [line for line in table.lines if line not in before] == [
        line for line in [table.lines[place]] if line != before[place]
    ]
    assert table.lines[place].startswith(f'{place},"Ulm",')
    assert table.lines[place].endswith(f',"""{place}"\n')


@settings(deadline=None)  # a shared machine has its pauses
@given(st.text(st.characters(codec="cp1252", exclude_characters="\0"), min_size=1, max_size=9))
def test_an_old_windows_file_stays_one(text):
    table = read("id,Name of dog,Straße\n1,Rüdi,ä\n", encoding="cp1252")
    table.edit(0, Write(set={"custom.Name of dog": text}))
    raw = table.dump()
    assert b"Stra\xdfe" in raw
    told = named(read(raw), "1").values["custom.Name of dog"]
    assert told == (text if text.strip() else None)


def test_a_character_that_the_encoding_lacks_is_refused_and_nothing_changes():
    table = read("id,Name of dog,Straße\n1,Rüdi,ä\n", encoding="cp1252")
    before = table.dump()
    with pytest.raises(RecordRejected, match="cp1252, which has no 'Ł'. Save it as UTF-8"):
        table.edit(0, Write(set={"custom.Name of dog": "Łukasz"}))
    assert table.dump() == before


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_dialect_is_found_and_kept(encoding, delimiter, ending):
    rows = [["First Name", "E-mail", "Ort"], ["Zoë", "zoe@example.com", "Köln"]]
    raw = (ending.join(map(delimiter.join, rows)) + ending).encode(encoding)
    table = read(raw)
    assert named(table, "zoe@example.com").values["custom.Ort"] == "Köln"
    assert table.dump() == raw
    table.add({"first_name": "Ann", "email": "ann@example.com"})
    added = delimiter.join(["Ann", "ann@example.com", "", "ann@example.com"]) + ending
    expected = (ending.join(map(delimiter.join, rows)) + ending).replace(
        f"Ort{ending}", f"Ort{delimiter}id{ending}"
    )
    expected = expected.replace(f"Köln{ending}", f"Köln{delimiter}zoe@example.com{ending}")
    assert table.dump() == (expected + added).encode(encoding)


REFUSED = [
    ("", "is empty: it has no header line"),
    (" \n\n", "is empty: it has no header line"),
    (b"id,name\n1,A\0nn\n", "is not a text file"),
    ("id,Town,town\n1,a,b\n", "two columns called 'town', column 2 and column 3"),
    ("id,E-mail\n1\n", "line 2: 1 cells where the header has 2"),
    ("id,E-mail\n1,a@x.org,b\n", "line 2: 3 cells where the header has 2"),
    ('id,E-mail\n1,"a@x.org\n', "line 2: a quote is opened and not closed"),
    ("id,E-mail\n1,a@x.org\n1,b@x.org\n", "line 3: id is '1', which line 2 has already"),
    ("Town,Colour\nUlm,red\n", "rows cannot be told apart"),
    (b"id,E-mail\n1,a@x.org" + b"\xe2\x82", "it was cut off"),
]


@pytest.mark.parametrize(("text", "why"), REFUSED, ids=[why for _, why in REFUSED])
def test_what_is_no_table_is_refused_with_its_reason(text, why):
    with pytest.raises(UserError, match=why):
        read(text)


def test_lines_that_are_no_rows_are_named_a_few_at_a_time():
    with pytest.raises(UserError, match="line 2: .*; line 6: .*; and 4 more. Correct them"):
        read("id,E-mail\n" + "1\n" * 9)


def test_a_lenient_reading_leaves_them_out_and_says_which():
    table = read("id,E-mail\n1\n2,b@x.org\n2,c@x.org\n3,d@x.org\n", lenient=True)
    assert table.ids == ["2", "3"]
    assert [each.line for each in table.faults] == [2, 4]


def test_too_many_rows_are_refused():
    form = Form(KINDS["contact"], largest_rows=3)
    assert len(read("id\n1\n2\n3\n", form)) == 3
    with pytest.raises(UserError, match="more than 3 rows. Divide it, or allow more"):
        read("id\n1\n2\n3\n4\n", form)


def test_a_key_that_is_not_there_is_refused_with_the_columns_there_are():
    with pytest.raises(UserError, match="no column 'Policy' to know its rows by. It has: id, Name"):
        read("id,Name\n1,Ann\n", Form(KINDS["contact"], key="Policy"))


def test_rows_are_known_by_any_column():
    table = read("Policy no,Name\nP-7,Ann\n", Form(KINDS["contact"], key="policy_no"))
    assert named(table, "P-7").values == {
        "custom.Policy no": "P-7",
        "first_name": "Ann",
        "last_name": None,
    }


def test_what_rows_are_known_by_is_not_changed():
    table = read("E-mail,Town\na@x.org,Ulm\n", Form(KINDS["contact"], key="E-mail"))
    with pytest.raises(RecordRejected, match="'E-mail' is what rows are known by"):
        table.edit(0, Write(set={"email": "b@x.org"}))


def test_without_a_key_rows_are_known_by_what_they_say():
    table = read(
        "E-mail,Phone,First,Last,Colour\n"
        "Ann@X.org,1,Ann,,\n,(415) 555-0123,Bob,,\n,,Cid,Stone,\n,,,,red\nann@x.org,,Ann,,\n"
    )
    assert table.ids[:3] == ["ann@x.org", "4155550123", "cid stone"]
    assert table.ids[3].startswith("row-")
    assert table.ids[4] == "ann@x.org#2"


def test_the_first_write_gives_every_row_an_id_that_stays():
    table = read("E-mail,Town\na@x.org,Ulm\nb@x.org,Bonn\n")
    table.edit(0, Write(set={"email": "new@x.org"}))
    again = read(table.dump())
    assert table.dump().decode() == "E-mail,Town,id\nnew@x.org,Ulm,a@x.org\nb@x.org,Bonn,b@x.org\n"
    assert again.ids == ["a@x.org", "b@x.org"]


def test_a_row_without_an_id_gets_one_with_its_first_change():
    table = read("id,E-mail\n7,a@x.org\n,b@x.org\n")
    table.edit(1, Write(set={"email": "c@x.org"}))
    assert read(table.dump()).ids == ["7", "b@x.org"]
    assert named(table, "b@x.org").values["email"] == "c@x.org"


def test_an_id_is_no_formula_either():
    table = read("First,Last\nAnn,Lee\n")
    table.add({"first_name": "=1+1"})
    assert "\n'=1+1,,'=1+1\n" in table.dump().decode()
    assert read(table.dump()).ids == ["ann lee", "=1+1"]


def test_a_value_without_a_column_gets_one_at_the_end():
    table = read("id,E-mail\n1,a@x.org\n")
    assert "city" not in named(table, "1").values
    table.add({"email": "b@x.org", "city": "Ulm", "website": None})
    assert table.dump().decode() == "id,E-mail,city\n1,a@x.org,\nb@x.org,b@x.org,Ulm\n"


def test_one_column_stands_in_for_both_names():
    table = read("id,Name\n1,Ann  Lee Stone\n2,Bob\n")
    told = [(each.values["first_name"], each.values["last_name"]) for each in everybody(table)]
    assert told == [("Ann", "Lee Stone"), ("Bob", None)]
    table.edit(1, Write(set={"last_name": "Stone"}))
    assert "2,Bob Stone\n" in table.dump().decode()


def test_words_are_added_and_taken_away_one_by_one():
    table = read("id,Tags\n1,vip;lead\n")
    table.edit(0, Write(add={"tags": ("new",)}, remove={"tags": ("lead",)}))
    assert '1,"new, vip"\n' in table.dump().decode()


def test_a_file_that_ends_without_a_line_end_is_gone_on_with():
    table = read("id,E-mail\n1,a@x.org")
    table.add({"email": "b@x.org"})
    assert table.dump().decode() == "id,E-mail\n1,a@x.org\nb@x.org,b@x.org\n"


def test_blank_lines_and_spare_cells_stay():
    text = "id,E-mail\n\n1,a@x.org,,\n\n2,b@x.org\n"
    table = read(text)
    assert table.dump().decode() == text
    table.edit(0, Write(set={"email": "c@x.org"}))
    assert table.dump().decode() == text.replace("a@x.org", "c@x.org")


def test_who_is_removed_is_gone_and_the_others_keep_their_order():
    table = read("id,E-mail\n1,a@x.org\n2,b@x.org\n3,c@x.org\n")
    table.remove("2")
    assert table.place("2") is None
    assert [each.id for each in everybody(table)] == ["1", "3"]
    assert read(table.dump()).ids == ["1", "3"]


@pytest.mark.parametrize(
    ("kind", "head", "row", "values"),
    [
        (
            "task",
            "Client,Subject,Due Date,Done",
            "ann,Call,2026-03-04,yes",
            {"contact_id": "ann", "title": "Call", "due_at": "2026-03-04", "completed": "yes"},
        ),
        ("note", "contact_id,Text", "ann,Hi", {"contact_id": "ann", "body": "Hi"}),
        ("business", "Company Name,ZIP", "Acme,94105", {"name": "Acme", "postal_code": "94105"}),
    ],
)
def test_each_kind_has_its_words(kind, head, row, values):
    assert everybody(read(f"{head}\n{row}\n", Form(KINDS[kind])))[0].values == values
