"""What the columns of people's files are called, in any wording."""

from __future__ import annotations

import re
from collections.abc import Sequence

# canonical field -> the words for it, most telling first: of two columns, the earlier word wins
SYNONYMS: dict[str, tuple[str, ...]] = {
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

IDENTIFYING = ("first_name", "last_name", "full_name", "email", "phone")

_RANKS = {
    word: (field, rank) for field, words in SYNONYMS.items() for rank, word in enumerate(words)
}


def plain(header: str) -> str:
    """Return a header in the form of the synonyms: letters and digits only, lower-case."""
    return re.sub(r"[\W_]+", "", header).lower()


def assign(headers: Sequence[str]) -> dict[str, int]:
    """Return canonical field → column.

    Where two columns are called by words for the same field, the more telling word wins. A phone
    column left over is the other phone.
    """
    chosen: dict[str, int] = {}
    best: dict[str, int] = {}
    spare: list[int] = []
    for column, header in enumerate(headers):
        field, rank = _RANKS.get(plain(header), (None, 0))
        if field is None:
            continue
        if field not in best or rank < best[field]:
            if field == "phone" and field in chosen:
                spare.append(chosen[field])
            chosen[field], best[field] = column, rank
        elif field == "phone":
            spare.append(column)
    if spare and "phone_other" not in chosen:
        chosen["phone_other"] = spare[0]
    return chosen
