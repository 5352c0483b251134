"""Files of rows: encodings there and back, pieces as they are written."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.errors import UserError
from instep.sdk.tables import Encoding, cells, decode, line_end_of, piece, pieces

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"), max_size=12)
ROW = st.lists(TEXT, min_size=2, max_size=5)


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        ("Köln".encode(), Encoding()),
        ("Köln".encode("utf-8-sig"), Encoding("utf-8", codecs.BOM_UTF8)),
        ("Köln".encode("utf-16"), Encoding("utf-16-le", codecs.BOM_UTF16_LE)),
        ("Köln".encode("utf-16-be"), Encoding("utf-16-be")),
        ("Köln\n".encode("cp1252"), Encoding("cp1252")),
    ],
)
def test_an_encoding_is_found_and_writes_the_same_bytes(raw, encoding):
    text, found = decode(raw, "people.csv")
    assert (text.strip(), found) == ("Köln", encoding)
    assert found.mark + found.encode(text) == raw


@given(st.binary(min_size=1, max_size=30))
def test_bytes_that_are_a_text_at_all_come_back_as_they_were(raw):
    try:
        text, encoding = decode(raw, "people.csv")
    except UserError:
        return
    assert encoding.mark + encoding.encode(text) == raw


@given(ROW, st.sampled_from(",;\t|"), st.booleans())
def test_what_a_row_says_is_what_was_written(texts, delimiter, quoted):
    row = delimiter.join(piece(text, delimiter, quoted=quoted) for text in texts)
    assert cells(row, delimiter) == texts
    assert delimiter.join(pieces(row, delimiter)) == row


@pytest.mark.parametrize(("text", "end"), [("a\nb", "\n"), ("a\r\n", "\r\n"), ("a\rb", "\r")])
def test_a_line_ends_as_the_first_one_does(text, end):
    assert line_end_of(text) == end


def test_a_single_line_would_end_as_on_the_network():
    assert line_end_of("a,b") == "\r\n"
