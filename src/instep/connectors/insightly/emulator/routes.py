"""The calls of the emulator (facts: apps 1.2, 1.3, insightly.json)."""

from __future__ import annotations

import json
import re
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from instep.connectors.insightly.emulator.contact import (
    SEARCHABLE,
    Invalid,
    etag,
    stamp,
    tag_name,
    tagged,
    tags_of,
    written,
)
from instep.connectors.insightly.emulator.paging import paging_of
from instep.connectors.insightly.emulator.shelf import Query, Shelf
from instep.sandbox.state import Document

_RECORD_TYPES = {"contacts", "leads", "opportunities", "organisations", "projects", "emails"}
_QUERY_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z")
_BRIEF_LIST = ("LINKS",)
_BRIEF_SEARCH = ("LINKS", "TAGS", "CUSTOMFIELDS", "DATES")
