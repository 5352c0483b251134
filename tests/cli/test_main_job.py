"""The main job through the command line, on the sandbox over real HTTP."""

from __future__ import annotations

import csv
import http.client
from urllib.parse import urlencode, urlsplit

import pytest
import typer

from tests.cli.conftest import settings


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
    assert "Springfield" in said.out


def allow(page: str, account: str) -> str:
    """Press Allow on the app's page, as a browser does, and return where it sends us."""
    parts = urlsplit(page)
    connection = http.client.HTTPConnection(parts.netloc)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", f"{parts.path}?{parts.query}", urlencode({"account": account}), form)
    location = connection.getresponse().headers["Location"]
    connection.close()
    return location


def test_oauth_from_the_page_to_a_connection_that_renews_itself(instep, sandbox, monkeypatch):
    described = sandbox["gohighlevel"]
    asked = []

    def person(_question, **_):
        """Open the page in a browser, allow, and copy the address it redirects to."""
        page = asked[-1].splitlines()[-1]
        return allow(page, described["location_id"])

    monkeypatch.setattr(typer, "echo", lambda text="", **_: asked.append(text))
    monkeypatch.setattr(typer, "prompt", person)
    said = instep(
        "connect",
        "gohighlevel",
        "--auth",
        "oauth2",
        "--redirect-uri",
        "http://127.0.0.1/back",
        *settings(
            base_url=described["url"],
            marketplace_url=described["url"],
            location_id=described["location_id"],
            client_id=described["client_id"],
            client_secret=described["client_secret"],
        ),
    )
    assert said.code == 0, said.err
    assert instep("doctor").code == 0


def test_a_connection_gets_a_new_credential_and_keeps_its_syncs(instep, ghl, insightly, sandbox):
    instep("connect", "gohighlevel", *ghl)
    instep("connect", "insightly", *insightly)
    instep("sync", "create", "people", "--a", "gohighlevel", "--b", "insightly")
    token = settings(token=sandbox["gohighlevel"]["agency_private_integration_token"])
    assert instep("connect", "gohighlevel", "--renew", *token).code == 0
    assert instep("sync", "run", "people", "--json").json["matched"] == 8
    elsewhere = settings(location_id="AAAAAAAAAAAAAAAAAAAA")
    refused = instep("connect", "gohighlevel", "--renew", *token, *elsewhere)
    assert refused.code == 2
    assert "belongs into a new connection" in refused.err
