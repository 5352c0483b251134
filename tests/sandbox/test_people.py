from __future__ import annotations

from datetime import date

import phonenumbers
import pytest

from instep.core.errors import UserError
from instep.sandbox import invent


def test_the_same_seed_invents_the_same_people():
    assert invent(20, seed=5) == invent(20, seed=5)
    assert invent(20, seed=5)[:10] == invent(10, seed=5)
    assert invent(20, seed=5) != invent(20, seed=6)


@pytest.mark.parametrize("country", ["US", "GB", "AU", "CA", "NZ", "DE"])
def test_people_have_valid_numbers_of_their_country_and_their_own_addresses(country):
    people = invent(300, seed=1, country=country)
    assert len({person.email for person in people}) == 300
    assert len({person.phone for person in people}) == 300
    for person in people:
        number = phonenumbers.parse(person.phone)
        assert phonenumbers.is_valid_number(number)
        assert number.country_code == phonenumbers.country_code_for_region(country)
        assert person.email.split("@")[1] in {"example.com", "example.net", "example.org"}
        assert date.fromisoformat(person.date_of_birth).year < 2006
        assert person.country == country


def test_nobody_lives_in_a_country_that_is_none():
    with pytest.raises(UserError, match="'XX' is not a country code"):
        invent(1, country="XX")
