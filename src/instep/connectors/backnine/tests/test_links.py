from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from instep.connectors.backnine.links import prefilled

PAGE = "https://quotes.example.com/"
ANN = {
    "first_name": "Ann & Co",
    "last_name": "O'Néill",
    "email": "ann+1@example.com",
    "phone": "+14155550123",
}


def test_the_link_fills_in_who_it_is():
    link = prefilled(PAGE, "10790698", ANN)

    assert link is not None
    assert link.startswith("https://quotes.example.com/apply?prefill&first_name=")
    asked = parse_qs(urlsplit(link).query, keep_blank_values=True)
    assert {name: words[0] for name, words in asked.items()} == {
        "prefill": "",
        "first_name": "Ann & Co",
        "last_name": "O'Néill",
        "email": "ann+1@example.com",
        "phone": "(415) 555-0123",
        "npn": "10790698",
    }


def test_nothing_but_name_email_and_phone_goes_into_it():
    link = prefilled(PAGE, "1", {**ANN, "ssn": "123-45-6789", "date_of_birth": "1980-02-29"})
    assert link == prefilled(PAGE, "1", ANN)


@pytest.mark.parametrize(
    ("page", "npn", "person"),
    [
        (None, "1", ANN),
        (PAGE, None, ANN),
        ("", "1", ANN),
        (PAGE, "1", {}),
        (PAGE, "1", {"email": None}),
    ],
)
def test_there_is_no_link_without_page_number_and_person(page, npn, person):
    assert prefilled(page, npn, person) is None


@pytest.mark.parametrize("phone", ["+61412345678", "555"])
def test_a_number_that_is_not_american_stays_as_it_is(phone):
    link = prefilled(PAGE, "1", {"phone": phone})
    assert parse_qs(urlsplit(str(link)).query)["phone"] == [phone]
