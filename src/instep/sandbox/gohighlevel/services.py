"""Everything an operation works with."""

from __future__ import annotations

from dataclasses import dataclass

from instep.sandbox.clock import Clock
from instep.sandbox.gohighlevel.address_book import AddressBook
from instep.sandbox.gohighlevel.company import Company
from instep.sandbox.gohighlevel.credentials import Credentials
from instep.sandbox.gohighlevel.definitions import Definitions
from instep.sandbox.gohighlevel.search_index import SearchIndex
from instep.sandbox.gohighlevel.settings import Settings
from instep.sandbox.state import State


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of one sandboxed GoHighLevel."""

    state: State
    clock: Clock
    settings: Settings
    company: Company
    credentials: Credentials
    definitions: Definitions
    index: SearchIndex
    book: AddressBook
