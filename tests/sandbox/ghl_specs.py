"""Where the official specs are; None if nowhere: then the tests against them do not exist."""

from __future__ import annotations

from tests.conformance.official_specs import SpecsNotFound, find_specs

try:
    SPECS = find_specs()
except SpecsNotFound:
    SPECS = None
