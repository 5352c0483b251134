from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from instep.sdk.testing import ConnectorContract
from tests.sdk.reference import MemoryContract

BREACHES = Path(__file__).with_name("breaches.py")


class TestMemory(MemoryContract):
    pass


EXPECTED = [
    ("StopsAfterTheFirstPage", "it_lists_every_record_once_over_several_pages"),
    ("StopsAfterTheFirstPage", "reading_goes_on_from_a_page_token_that_was_written_down"),
    ("ForgetsItsPlace", "it_lists_every_record_once_over_several_pages"),
    ("IgnoresSince", "it_tells_what_changed_after_a_time_and_nothing_before"),
    ("WritesMoreThanAsked", "an_update_touches_only_what_it_names"),
    ("OverwritesWords", "words_travel_as_differences"),
    ("IgnoresVersions", "a_stale_version_is_refused"),
    ("LosesAField", "it_reads_back_what_it_created"),
    ("CreatesTwice", "a_create_that_met_a_server_error_is_not_sent_again"),
    ("CreatesTwice", "a_create_whose_answer_got_lost_is_unknown_and_can_be_found"),
    ("CannotWriteItsTokenDown", "requests_are_data"),
    ("TakesGoneForRefused", "an_unknown_id_is_gone"),
    ("SendsReadonlyFields", "readonly_fields_are_never_sent"),
]


def test_the_contract_notices_every_broken_promise():
    """Each test by itself against a connector that breaks just this promise."""
    chosen = [f"{BREACHES}::Test{broken}::test_{promise}" for broken, promise in EXPECTED]
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "--tb=no", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [*command, *chosen], cwd=BREACHES.parents[2], capture_output=True, text=True, check=False
    )
    failed = re.findall(r"^FAILED \S+::Test(\w+)::test_(\w+)", run.stdout, re.MULTILINE)
    assert sorted(failed) == sorted(EXPECTED), run.stdout + run.stderr


def test_what_an_app_cannot_do_is_not_asked_of_it():
    class Plain(ConnectorContract):
        page_size = 1
        unknown_id = "0"
        can_find = False

    assert Plain.test_a_stale_version_is_refused is None
    assert Plain.test_it_finds_a_record_by_its_keys is None
    assert ConnectorContract.test_a_stale_version_is_refused is not None
