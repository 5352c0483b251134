from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.normalise import normalise
from instep.core.records import Field, FieldType
from instep.sdk.markup import html_of, text_of

BODY = Field("body", "BODY", FieldType.HTML)

TYPED = st.text(
    st.one_of(
        st.characters(exclude_categories=("Cs",)),
        st.sampled_from("\n\n\n  \t\r*_-#`<>&\"'[]()1.|~\\\u00a0\u2028\ufeff"),
    ),
    max_size=80,
)


def kept(text):
    return normalise(text, BODY, None)


@given(TYPED)
def test_what_people_type_comes_back_out_of_html(text):
    assert kept(text_of(html_of(text))) == kept(text)


@given(TYPED)
def test_what_comes_out_stays_the_same_when_it_goes_round_again(text):
    once = kept(text_of(text))

    assert once is None or kept(text_of(html_of(once))) == once


@pytest.mark.parametrize(
    "text",
    [
        "one line",
        "two\nlines",
        "a paragraph\n\nanother",
        "- a list\n- typed by hand\n\n1. and\n2. numbered",
        "# not a heading, *not* _emphasised_, `not` code",
        "5 < 6 & 7 > 3, <b>not bold</b>, &amp; not an entity",
        "see https://example.com/a_b?c=d&e=f",
        "| not | a | table |",
        "snake_case and 2 * 3 * 4",
    ],
)
def test_the_text_people_type_needs_no_normalising_to_come_back(text):
    assert text_of(html_of(text)).strip() == text


def test_lines_travel_as_paragraphs_and_breaks_with_nothing_left_to_interpret():
    assert html_of("a <b>\nc & d\n\n\ne") == "<p>a &lt;b&gt;<br>c &amp; d</p><p>e</p>"
    assert html_of("") == html_of(" \n ") == ""


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hi <b>Ann</b>, <i>how</i> <u>are</u> you?</p>", "Hi Ann, how are you?"),
        ("<h2>Plan</h2><p>First</p><p>Then</p>", "Plan\n\nFirst\n\nThen"),
        ("<div>one</div><div>two<br></div><div>three</div>", "one\ntwo\nthree"),
        ("one<br>two<br/>three<BR />four", "one\ntwo\nthree\nfour"),
        ("<ul><li>milk</li><li>eggs<ul><li>brown</li></ul></li></ul>", "- milk\n- eggs\n- brown"),
        ("<ol start='3'><li>c</li><li>d</li></ol>", "3. c\n4. d"),
        ('<a href="https://example.com">our page</a>', "our page (https://example.com)"),
        ('<a href="https://example.com">https://example.com</a>', "https://example.com"),
        ('<a href="mailto:a@x.example">a@x.example</a>', "a@x.example"),
        ('<a href="javascript:alert(1)">press</a>', "press"),
        ("<p>a</p><script>alert(1)</script><style>p{}</style><p>b</p>", "a\n\nb"),
        ("<!-- hidden --><p>seen</p>", "seen"),
        ("<p>AT&amp;T &lt;3 &nbsp;&eacute;</p>", "AT&T <3 é"),
        (
            "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>",
            "a | b\n1 | 2",
        ),
        ("<p>source\n   lines are\nblanks</p>\n\n\n<p>here</p>", "source lines are blanks\n\nhere"),
        ("<blockquote><p>said</p></blockquote><p>so</p>", "said\n\nso"),
        ("<pre>a\nb</pre>", "a\nb"),
        ("<p>left open <b>here", "left open here"),
        ("never HTML\nat all &amp; so on", "never HTML\nat all & so on"),
        ("<p></p><br>", None),
    ],
)
def test_html_is_read_as_readable_lines(html, text):
    assert kept(text_of(html)) == text


def test_markup_a_thousand_deep_still_gives_its_words():
    assert kept(text_of("<blockquote>" * 5_000 + "words")) == "words"


def test_half_a_character_is_dropped():
    assert text_of("<p>a\ud83d</p>") == "a"
