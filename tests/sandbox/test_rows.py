from __future__ import annotations

import csv
import io
import re
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from instep.core.errors import UserError
from instep.sandbox import Person
from instep.sandbox.rows import read_people
from instep.sdk.tables import read_rows

HEADER = "first_name,last_name,email,phone\n"


def write(folder, content, encoding="utf-8"):
    path = Path(folder) / "people.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def read(folder, content, country="US"):
    return read_people(write(folder, content), country)


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"), max_size=20)
LATIN = st.text(st.characters(codec="cp1252", exclude_characters="\0"), max_size=20)
DIALECTS = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from(",;\t|"),
        "lineterminator": st.sampled_from(["\r\n", "\n", "\r"]),
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    }
)
FIELDS = ("first_name", "last_name", "email", "address", "city", "state", "company", "website")


def people(text):
    """People as they come out again: cells stripped, empty ones unknown."""

    def person(cells):
        stripped = (cell.strip() or None for cell in cells)
        found = Person(**dict(zip(FIELDS, stripped, strict=True)), country="US")
        return replace(found, first_name=found.first_name or "Ada", email="ada@example.com")

    return st.lists(st.tuples(*[text] * len(FIELDS)).map(person), min_size=1, max_size=5)


def as_csv(them, dialect):
    if dialect["quoting"] == csv.QUOTE_MINIMAL:  # the writer leaves the other line ends unquoted
        assume(not any({"\r", "\n"} & set(getattr(each, f) or "") for each in them for f in FIELDS))
    target = io.StringIO(newline="")
    writer = csv.writer(target, **dialect)
    writer.writerow(FIELDS)
    writer.writerows([getattr(person, field) or "" for field in FIELDS] for person in them)
    return target.getvalue()


@given(people(CELL), DIALECTS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_whoever_is_written_in_any_dialect_is_read_back(them, dialect, encoding):
    with tempfile.TemporaryDirectory() as folder:
        rows = read_people(write(folder, as_csv(them, dialect), encoding), "US")
    assert rows.people == them
    assert (rows.rejected, rows.warnings, rows.unused_columns) == ([], [], [])


@given(people(LATIN), DIALECTS)
def test_whoever_is_written_by_an_old_windows_program_is_read_back(them, dialect):
    raw = as_csv(them, dialect).encode("cp1252")
    try:
        assume(raw.decode("utf-8").isascii())  # what happens to be UTF-8 too cannot be told apart
    except UnicodeDecodeError as error:
        assume(error.reason != "unexpected end of data")
    with tempfile.TemporaryDirectory() as folder:
        assert read_people(write(folder, raw), "US").people == them


@given(st.text('ab",\n\r ', max_size=60), st.integers(1, 3))
def test_every_letter_is_in_a_row_read_or_on_a_line_reported(text, width):
    def accept(cells):
        return None if len(cells) == width else "wrong width"

    lines = re.split(r"\r\n|\r|\n", text)
    told = 0
    for row in read_rows(text, ",", accept):
        told += letters(lines[row.line - 1] if row.fault else "".join(row.cells))
    assert told == letters(text)


def letters(text):
    return sum(character in "ab" for character in text)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("First Name", "first_name"),
        ("FIRSTNAME", "first_name"),
        ("Given name", "first_name"),
        ("Surname", "last_name"),
        ("E-mail", "email"),
        ("Email Address", "email"),
        ("post", "postal_code"),
        ("ZIP", "postal_code"),
        ("Postcode", "postal_code"),
        ("county", "state"),
        ("Province", "state"),
        ("web", "website"),
        ("URL", "website"),
        ("Company Name", "company"),
        ("organisation", "company"),
        ("Town", "city"),
        ("Lead source", "source"),
    ],
)
def test_headers_are_known_in_many_words(tmp_path, header, field):
    rows = read(tmp_path, f"{header},Name,phone_number\nvalue@x,Ada Lovelace King,\n")
    assert getattr(rows.people[0], field) == "value@x"
    if field not in {"first_name", "last_name"}:
        names = (rows.people[0].first_name, rows.people[0].last_name)
        assert names == ("Ada", "Lovelace King")


@pytest.mark.parametrize("header", ["mobile", "Tel", "phone1", "Telephone", "Cell phone"])
def test_a_phone_by_any_name_is_completed_with_the_country(tmp_path, header):
    rows = read(tmp_path, f"name,{header}\nAda,020 7946 0018\n", "GB")
    assert rows.people[0].phone == "+442079460018"
    assert rows.warnings == []


def test_of_two_words_for_one_field_the_more_telling_one_wins(tmp_path):
    rows = read(tmp_path, "name,county,state,notes\nAda,Orleans,LA,x\n")
    assert rows.people[0].state == "LA"
    assert rows.unused_columns == ["county", "notes"]


@pytest.mark.parametrize("header", ["phone1,phone2", "phone,mobile", "mobile,phone"])
def test_a_second_phone_is_the_other_phone(tmp_path, header):
    first, second = "504-621-8927", "504-845-1427"
    if header == "mobile,phone":
        first, second = second, first
    person = read(tmp_path, f"name,{header}\nAda,{first},{second}\n").people[0]
    assert (person.phone, person.phone_other) == ("+15046218927", "+15048451427")


def test_an_invalid_phone_is_kept_and_reported_with_its_line(tmp_path):
    rows = read(tmp_path, HEADER + "Ada,,a@x.org,\nBob,,b@x.org,12345\n")
    assert [person.phone for person in rows.people] == [None, "12345"]
    assert rows.warnings == [(3, "phone '12345' is no valid number in US; kept")]


def test_a_persons_own_country_counts(tmp_path):
    rows = read(tmp_path, "name,phone,country\nAda,020 7946 0018,United Kingdom\n")
    assert (rows.people[0].phone, rows.people[0].country) == ("+442079460018", "GB")


@pytest.mark.parametrize(
    ("text", "country", "day"),
    [
        ("1990-12-31", "US", "1990-12-31"),
        ("12/31/1990", "US", "1990-12-31"),
        ("31/12/1990", "GB", "1990-12-31"),
        ("31.12.1990", "DE", "1990-12-31"),
        ("1990-12-31T00:00:00Z", "US", "1990-12-31"),
        ("31/12/1990", "US", None),
        ("spring", "US", None),
    ],
)
def test_birthdays_are_read_as_the_country_writes_them(tmp_path, text, country, day):
    rows = read(tmp_path, f"name,dob\nAda,{text}\n", country)
    assert rows.people[0].date_of_birth == day
    assert len(rows.warnings) == (day is None)


def test_tags_are_words(tmp_path):
    rows = read(tmp_path, 'name,tags\nAda,"VIP, Renewal  due;vip"\n')
    assert rows.people[0].tags == ("renewal due", "vip")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Bad,row", "2 cells where the header has 4"),
        ("Bad,row,b@x.org,,more", "5 cells where the header has 4"),
        ('"Bad,row,b@x.org,', "a quote is opened and not closed"),
        ('"Bad"x,row,b@x.org,', "a quote is opened and not closed"),
        (",,,", "no name, no e-mail and no phone"),
        ("Bad,row,nobody,", "'nobody' is not an e-mail address"),
    ],
)
def test_a_bad_row_is_reported_by_its_line_and_costs_no_other(tmp_path, row, reason):
    good = '"Two\nlines",,a@x.org,\n'
    rows = read(tmp_path, HEADER + good + row + "\n" + good + good)
    assert rows.rejected == [(4, reason)]
    assert [person.email for person in rows.people] == ["a@x.org"] * 3


def test_line_numbers_are_physical_whatever_ends_a_line(tmp_path):
    rows = read(tmp_path, HEADER.replace("\n", "\r") + "a,b,a@x.org,\r\r\nc,d\re,f,,\n")
    assert rows.rejected == [(4, "2 cells where the header has 4")]
    assert len(rows.people) == 2


def test_empty_cells_too_many_do_no_harm(tmp_path):
    assert len(read(tmp_path, HEADER + "a,b,a@x.org,,,\n").people) == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b" \r\n \n", "is empty"),
        (b"\x89PNG\r\n\x00\x00\x00", "is not a text file"),
        (b"colour,size\nred,1\n", "has no column for a name, e-mail or phone; found 'colour'"),
        (b"name,email\nAda,a@x.org\nBo", "ends in the middle of line 3: it was cut off"),
        (b'name,email\nAda,"a@x.o', "ends in the middle of line 2: it was cut off"),
        ("name,email\nZoë,z@x.org\nZoë".encode()[:-1], "ends in the middle of a character"),
        ("\ufeffname,email\nAda".encode("utf-16-le")[:-1], "ends in the middle of a character"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_sentence(tmp_path, content, sentence):
    with pytest.raises(UserError, match=sentence) as raised:
        read(tmp_path, content)
    assert "people.csv" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_there_is_refused_in_one_sentence(tmp_path):
    with pytest.raises(UserError, match=r"nowhere.csv cannot be read: No such file"):
        read_people(tmp_path / "nowhere.csv", "US")


def test_a_last_line_without_an_ending_is_read(tmp_path):
    assert len(read(tmp_path, HEADER + "a,b,a@x.org,\nc,d,,").people) == 2
