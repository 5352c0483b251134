"""What every part of a manifest is made of: strict models, calls, and how far a fact is known."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from instep.connectors.custom.places import Place

Evidence = Literal["vendor_docs", "observed", "user_supplied", "none"]


class Part(BaseModel):
    """A part of a manifest. What it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


class Fact(Part):
    """A part that may say how its facts are known."""

    evidence: Evidence | None = None


def _words(value: Any) -> Any:
    """Let a parameter be a number or a yes or no; what is sent is text."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


Word = Annotated[str, BeforeValidator(_words)]


class Call(Fact):
    """One call: its path below the base URL, with placeholders where a value belongs."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    path: str = Field(pattern=r"^/")
    params: dict[str, Word] = {}
    headers: dict[str, Word] = {}
    body: Any = None
    """JSON. Of a create and an update it is sent besides the fields."""


class NoPages(Fact):
    """Everything comes at once."""

    type: Literal["none"]


class _Sized(Fact):
    size: int = Field(default=100, ge=1, le=10_000)
    limit: str | None = None
    """The parameter that asks for so many records a page."""


class OffsetPages(_Sized):
    """`offset=0`, `offset=99` …: each page begins on the last record of the one before."""

    type: Literal["offset"]
    offset: str = "offset"
    stop: Literal["short_page", "empty_page"] = "short_page"


class NumberedPages(_Sized):
    """`page=1`, then `page=2`, and so on."""

    type: Literal["page"]
    page: str = "page"
    first: int = Field(default=1, ge=0, le=1)
    stop: Literal["short_page", "empty_page"] = "short_page"


class TokenPages(_Sized):
    """The reply holds a token for the next page."""

    type: Literal["cursor"]
    token: Place
    param: str = "cursor"
    place: Literal["query", "body"] = "query"
    more: Place | None = None
    """Where the reply says whether there is another page, if it does."""


class LinkedPages(_Sized):
    """The reply holds the address of the next page: in the Link header, or in its body."""

    type: Literal["link"]
    link: Place | None = None


Paging = Annotated[
    NoPages | OffsetPages | NumberedPages | TokenPages | LinkedPages, Field(discriminator="type")
]


class ListCall(Call):
    """A call that answers with records. `records` is where they stand."""

    records: Place = ()
    paging: Paging | None = None
    """As `list` has it, if left out."""


class OneCall(Call):
    """A call that answers with one record, or with some of its fields, or with nothing."""

    record: Place = ()


class WriteCall(OneCall):
    """A create or an update. `wrap` is where the fields stand in the body."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "POST"
    wrap: Place = ()

    @model_validator(mode="after")
    def _body_takes_fields(self) -> WriteCall:
        if self.body is not None and not isinstance(self.body, dict):
            raise ValueError("body must be an object: the fields are put into it")
        return self
