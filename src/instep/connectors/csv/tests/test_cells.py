from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instep.connectors.csv.cells import guarded, text_of, unguarded, value_of
from instep.core.errors import RecordRejected
from instep.core.records import FieldType

ODD = st.text(st.sampled_from("'=+-@\t\r\n1a.,"), max_size=8)


@settings(deadline=None)  # a shared machine has its pauses
@given(st.one_of(ODD, st.text(max_size=20)))
def test_a_guarded_text_is_read_back_and_no_spreadsheet_runs_it(text):
    cell = guarded(text)
    assert unguarded(cell) == text
    runs = cell[:1] in tuple("=+-@\t\r\n")
    assert not runs or cell[1:].replace(".", "", 1).isdigit()


@pytest.mark.parametrize("text", ["+14155550123", "-12.5", "+3", "Ann", "", "a=b", "'tis", "€"])
def test_what_is_no_formula_stays_as_it_is(text):
    assert guarded(text) == text


@pytest.mark.parametrize("text", ["=1+1", "+1-415", "-a", "@SUM(A1)", "\t=1", "'=1", "''=1"])
def test_what_could_be_run_gets_an_apostrophe(text):
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["vip,lead", "vip; lead", " lead |vip,, "])
def test_words_stand_between_commas_or_the_like(cell):
    assert value_of(cell, FieldType.WORDS) == ("lead", "vip")


def test_words_are_written_between_commas_and_read_back():
    text = text_of(("lead", "vip"), "tags")
    assert (text, value_of(text, FieldType.WORDS)) == ("lead, vip", ("lead", "vip"))


@pytest.mark.parametrize("word", ["a,b", "a;b", "a|b"])
def test_a_word_with_a_comma_in_it_is_refused(word):
    with pytest.raises(RecordRejected, match="none of them can have a comma"):
        text_of((word,), "tags")


@pytest.mark.parametrize(("value", "text"), [(True, "true"), (False, "false"), (None, "")])
def test_yes_no_and_nothing_have_their_words(value, text):
    assert text_of(value, "opted_out") == text


@pytest.mark.parametrize("cell", ["", "  ", "\t", "'\n"])
def test_an_empty_cell_says_nothing(cell):
    assert value_of(cell, FieldType.TEXT) is None
