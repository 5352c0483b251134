"""The main job through the command line, on the sandbox over real HTTP."""

from __future__ import annotations

import csv

import pytest


def test_connect_preview_run_and_status_by_hand(instep, ghl, insightly):
    assert instep("connect", "gohighlevel", "--country", "US", *ghl).code == 0
    assert instep("connect", "insightly", "--country", "US", *insightly).code == 0
    names = [each["name"] for each in instep("connections", "--json").json]
    assert names == ["gohighlevel", "insightly"]
    assert instep("sync", "create", "people", "--a", "gohighlevel", "--b", "insightly").code == 0
    preview = instep("sync", "preview", "people", "--json").json
    assert preview["counts"]["matched"] == 8
    ran = instep("sync", "run", "people", "--json")
    assert (ran.code, ran.json["matched"]) == (0, 8)
    status = instep("sync", "status", "people", "--json").json
    assert (status["links"], status["state"], status["waiting"]) == (8, "active", {})
    doctor = instep("doctor", "--json").json
    assert all(finding["well"] for finding in doctor["findings"])


def test_the_demo_ends_with_both_sides_equal(instep):
    said = instep("demo", "--once", "--json")
    assert said.code == 0, said.err
    result = said.json
    assert result["in_step"] is True
    assert result["contacts"]["gohighlevel"] == result["contacts"]["insightly"] == 60
    assert result["second_run_writes"] == 0
    assert result["rejected_rows"] == 0
    assert min(result["api_calls"].values()) > 0


@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
def test_the_demo_loads_a_file_reports_bad_rows_and_loses_none(instep, tmp_path, ending):
    file = tmp_path / "people.csv"
    with file.open("w", newline="") as handle:
        rows = csv.writer(handle, lineterminator=ending)
        rows.writerow(["First Name", "Last Name", "E-mail", "Mobile", "Town", "Post"])
        for number in range(20):
            rows.writerow(
                [
                    f"Ann{number}",
                    "O'Neil, Jr",
                    f"ann{number}@example.com.au",
                    f"0412 345 {number:03}",
                    "Leith",
                    f"7{number:03}",
                ]
            )
        rows.writerow(["Broken", "Mail", "no-at-sign", "", "", ""])
        rows.writerow(["", "", "", "", "Nowhere", ""])
    said = instep("demo", "--once", "--csv", file, "--country", "AU", "--json")
    assert said.code == 0, said.err
    assert said.json["in_step"] is True
    assert said.json["rejected_rows"] == 2
    assert said.json["contacts"] == {"gohighlevel": 20, "insightly": 20}


def test_the_demo_says_what_happened_in_words(instep):
    said = instep("demo", "--once")
    assert said.code == 0, said.err
    assert "Both sides are equal." in said.out
    assert "changed there only" in said.out
