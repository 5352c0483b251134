"""The API's written description is the one it gives, and leaves nothing out."""

from __future__ import annotations

import json

from instep.api.app import build
from tools.openapi import PAGE, described


async def test_the_checked_in_description_is_the_one_the_api_gives():
    assert PAGE.read_text() == await described(), "run: make openapi"


async def test_every_route_is_described_with_its_errors():
    paths = json.loads(await described())["paths"]
    routes = {"/hooks/{connection}", "/hooks/flows/{name}/{token}", "/api/flow-tests"}
    assert {*routes, "/api/why", "/api/conflicts/resolve-all"} <= set(paths)
    problem = {"$ref": "#/components/schemas/Problem"}
    for path, methods in paths.items():
        for method, operation in methods.items():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    schema = answer["content"]["application/json"]["schema"]
                    assert schema == problem, f"{method} {path} {status}"


def test_the_description_is_built_without_touching_the_application():
    paths = build(None, lambda: None).openapi()["paths"]
    assert len(paths) > 10
