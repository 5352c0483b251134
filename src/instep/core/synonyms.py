"""What people and apps call the fields of a record, in any wording. One table for all who guess."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

# canonical field -> the words for it, most telling first: of two columns, the earlier word wins
CONTACT: dict[str, tuple[str, ...]] = {
    "first_name": ("firstname", "givenname", "forename", "christianname", "first", "fname"),
    "last_name": ("lastname", "surname", "familyname", "last", "lname"),
    "full_name": ("name", "fullname", "contactname", "displayname", "contact", "clientname"),
    "email": ("email", "emailaddress", "mail", "email1", "primaryemail", "emailprimary"),
    "phone": (
        *("phone", "phone1", "phonenumber", "primaryphone", "phoneprimary", "telephone"),
        *("telephonenumber", "tel", "tel1", "mobile", "mobilephone", "mobilenumber", "cell"),
        *("cellphone", "cellnumber", "landline", "homephone", "workphone", "phonemobile"),
        *("phonehome", "phonework", "contactnumber"),
    ),
    "phone_other": (
        *("phone2", "tel2", "otherphone", "phoneother", "secondphone", "secondaryphone"),
        *("alternatephone", "altphone"),
    ),
    "address": (
        *("address", "address1", "addressline1", "streetaddress", "street", "street1"),
        *("mailingaddress", "postaladdress"),
    ),
    "city": ("city", "town", "suburb", "locality", "towncity", "citytown"),
    "state": ("state", "province", "stateprovince", "region", "county", "stateregion"),
    "postal_code": (
        *("postalcode", "postcode", "zipcode", "zip", "post", "postal", "zippostalcode", "pcode"),
        *("zippostal", "postalzip"),
    ),
    "country": ("country", "countrycode", "countryname", "nation"),
    "company": (
        *("company", "companyname", "organisation", "organization", "organisationname"),
        *("organizationname", "business", "businessname", "employer", "account", "accountname"),
    ),
    "website": ("website", "web", "url", "homepage", "webpage", "site", "websiteurl"),
    "date_of_birth": ("dateofbirth", "birthdate", "birthday", "dob", "birthdateofcontact"),
    "source": ("source", "leadsource", "origin", "contactsource"),
    "tags": ("tags", "tag", "labels", "label", "categories"),
}

_OTHERS: dict[str, tuple[str, ...]] = {
    "title": ("title", "subject", "summary", "what"),
    "body": ("body", "text", "content", "details", "description", "notes", "message"),
    "due_at": ("dueat", "duedate", "due", "deadline"),
    "completed": ("completed", "done", "iscompleted", "finished"),
    "status": ("status", "state"),
    "starts_at": ("startsat", "startat", "starttime", "start", "startdate"),
    "ends_at": ("endsat", "endat", "endtime", "end", "enddate"),
    "contact_id": ("contactid", "personid", "clientid", "customerid"),
    "name": ("name", "companyname", "organisationname", "organizationname"),
}

_PLACE = ("address", "city", "state", "postal_code", "country")
_OF_KIND: dict[str, tuple[str, ...]] = {
    # of a person, a first and a last name make the full one, which no record has as a field
    "contact": tuple(name for name in CONTACT if name != "full_name"),
    "task": ("title", "body", "due_at", "completed", "status", "contact_id"),
    "note": ("title", "body", "contact_id"),
    "appointment": (
        *("title", "description", "starts_at", "ends_at", "status", "contact_id", "address"),
    ),
    "business": ("name", "email", "phone", "website", *_PLACE),
}

_FAMILIES: tuple[tuple[frozenset[str], ...], ...] = tuple(
    tuple(frozenset(word.split()) for word in family)
    for family in (
        (
            "home homephone private",
            "work workphone office business businessphone",
            "mobile mobilephone mobilenumber cell cellphone cellnumber",
            "fax",
        ),
        ("billing", "shipping delivery", "mailing"),
        ("first given forename", "last family surname", "middle"),
        ("start starts begin begins from", "end ends finish expiry expires until"),
        ("created added", "updated modified changed"),
        ("min minimum", "max maximum"),
        ("insured policyholder", "insurer carrier"),
        ("lender creditor", "borrower debtor"),
        ("buyer purchaser", "seller vendor"),
    )
)
"""Words that tell two things apart: a home phone is no mobile phone."""

_TELLING = frozenset(
    [
        "spouse",
        "partner",
        "co",
        "joint",
        "emergency",
        "not",
        "no",
        "second",
        "secondary",
        "other",
        "old",
        "previous",
        "former",
    ]
)
"""Words that make another thing of whatever they stand beside."""


_SHORT = {
    **dict.fromkeys(("nr", "num", "nbr"), "number"),
    "amt": "amount",
    "addr": "address",
    "dt": "date",
    "qty": "quantity",
    "desc": "description",
}
_SAYING_NOTHING = frozenset(("a", "an", "the", "of", "for", "and", "in", "on", "to", "is"))


def plain(text: str) -> str:
    """Return a word in the form of the table: letters and digits only, lower-case."""
    return re.sub(r"[\W_]+", "", text).lower()


@cache
def words_of(kind: str) -> Mapping[str, str]:
    """Return every known word for a canonical field of this kind of record, with that field."""
    both = {**CONTACT, **_OTHERS}
    return {
        word: name
        for name in _OF_KIND.get(kind, tuple(both))
        if name != "full_name"
        for word in (*both.get(name, ()), plain(name))
    }


def tokens(text: str) -> frozenset[str]:
    """Return the single words of a name, lower-case: those of `dueDate2` are due, date and 2.

    Written out where they are short for something; without those that say nothing.
    """
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=\D)(?=\d)|(?<=\d)(?=\D)", " ", text)
    words = re.findall(r"[^\W_]+", apart.lower())
    if len(words) > 1 and words[-1] == "no":  # "Policy no", not "No policy"
        words[-1] = "number"
    return frozenset(_SHORT.get(word, word) for word in words if word not in _SAYING_NOTHING)


def is_apart(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether the single words of two names say that they are two things, however alike."""
    if one & _TELLING != other & _TELLING:
        return True
    return any(
        bool(mine) and bool(theirs) and mine.isdisjoint(theirs)
        for mine, theirs in ((_members(one, each), _members(other, each)) for each in _FAMILIES)
    )


def _members(words: frozenset[str], family: tuple[frozenset[str], ...]) -> frozenset[int]:
    return frozenset(number for number, member in enumerate(family) if member & words)
