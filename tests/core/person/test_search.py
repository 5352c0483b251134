"""What somebody types to find a person."""

from __future__ import annotations

import pytest

from instep.core.errors import UserError
from instep.core.person.search import LONGEST, By, Search, read_search


@pytest.mark.parametrize(
    ("text", "search"),
    [
        ("", Search(By.NAME)),
        ("  Anna   MÜLLER ", Search(By.NAME, ("anna", "müller"))),
        ("Ann@Example.com", Search(By.EMAIL, ("ann@example.com",))),
        ("@example.com", Search(By.EMAIL, ("@example.com",))),
        ("0412 345 678", Search(By.PHONE, ("412345678",))),
        ("+61 (412) 345-678", Search(By.PHONE, ("61412345678",))),
        ("000", Search(By.PHONE, ("000",))),
        ("12", Search(By.NAME, ("12",))),
        ("Flat 12345", Search(By.NAME, ("flat", "12345"))),
    ],
)
def test_it_is_read_as_a_name_an_email_or_a_phone(text, search):
    assert read_search(text) == search


@pytest.mark.parametrize("text", ["x" * (LONGEST + 1), "a\0b"])
def test_what_is_nobodys_is_refused(text):
    with pytest.raises(UserError, match="at most 200 characters"):
        read_search(text)
