"""Locations, their company and its snapshots; associations; blogs."""

from __future__ import annotations

import json
import secrets
from typing import Any

from tests.conformance.rehearsal import Rehearsal, same, true
from tests.conformance.stories.contacts import new_contact


def locations(ghl: Rehearsal) -> None:
    """Look at a location and its fields; make another one."""
    company, place = ghl.account.company_id, ghl.account.location_id
    same(ghl.call("locations.get", locationId=place)["location"]["id"], place)
    fields = ghl.call("locations.list_custom_fields", locationId=place, model="contact")
    true(fields["customFields"], "the location defines no fields")
    made = ghl.call("locations.create", companyId=company, name="Riverside Brokers", country="US")
    found = ghl.call("locations.search", companyId=company, limit="100")["locations"]
    true(place in [each["id"] for each in found], "the location is not found")
    true(made["id"], "the new location has no id")


def company(ghl: Rehearsal) -> None:
    """Look at the company and its snapshots."""
    identifier = ghl.account.company_id
    same(ghl.call("companies.get", companyId=identifier)["company"]["id"], identifier)
    true(ghl.call("snapshots.list", companyId=identifier)["snapshots"], "there is no snapshot")


def associations(ghl: Rehearsal) -> None:
    """Define an association, relate two contacts by it, undo both."""
    place, key = ghl.account.location_id, f"partner_{secrets.token_hex(3)}"
    made = ghl.call(
        "associations.create",
        locationId=place,
        key=key,
        firstObjectLabel="partner",
        firstObjectKey="contact",
        secondObjectLabel="partner of",
        secondObjectKey="contact",
    )
    one = {"associationId": made["id"]}
    same(ghl.call("associations.get", **one)["key"], key)
    same(ghl.call("associations.get_by_key", key_name=key, locationId=place)["id"], made["id"])
    _holds(ghl.call("associations.list", locationId=place, skip=0, limit=100), made["id"])
    by_object = {"objectKey": "contact", "locationId": place}
    _holds(ghl.call("associations.get_by_object_key", **by_object), made["id"])
    labels = {"firstObjectLabel": "spouse", "secondObjectLabel": "spouse of"}
    ghl.call("associations.update", **one, **labels)
    same(ghl.call("associations.get", **one)["firstObjectLabel"], "spouse")
    ada, bob = new_contact(ghl), new_contact(ghl)
    related = ghl.call(
        "associations.create_relation",
        locationId=place,
        associationId=made["id"],
        firstRecordId=ada,
        secondRecordId=bob,
    )
    record = {"recordId": ada, "locationId": place, "skip": 0, "limit": 10}
    _holds(ghl.call("associations.list_relations", **record), related["id"])
    ghl.call("associations.delete_relation", relationId=related["id"], locationId=place)
    relations = ghl.call("associations.list_relations", **record)
    ghl.call("associations.delete", **one)
    left = ghl.call("associations.list", locationId=place, skip=0, limit=100)
    # at the end: who tells the story without its deletes has come by both by then
    true(related["id"] not in json.dumps(relations), "the relation is still in the list")
    true(made["id"] not in json.dumps(left), "the association is still in the list")


def _holds(reply: Any, identifier: str) -> None:
    """Look for an id anywhere: the specs say of these lists only what one of them looks like."""
    true(identifier in json.dumps(reply), f"{identifier} is not in the list")


def blogs(ghl: Rehearsal) -> None:
    """Write a post, and find its slug taken."""
    place, slug = {"locationId": ghl.account.location_id}, f"post-{secrets.token_hex(4)}"
    blog = ghl.call("blogs.list", **place, skip=0, limit=10)["data"][0]["_id"]
    author = ghl.call("blogs.list_authors", **place, limit=5, offset=0)["authors"][0]["_id"]
    category = ghl.call("blogs.list_categories", **place, limit=5, offset=0)["categories"][0]
    same(ghl.call("blogs.check_slug", **place, urlSlug=slug)["exists"], False)
    post = {
        **place,
        "blogId": blog,
        "title": "Cover for sailors",
        "imageUrl": "https://images.example/boat.png",
        "description": "What a policy covers at sea",
        "rawHTML": "<p>Much.</p>",
        "status": "PUBLISHED",
        "imageAltText": "A boat",
        "categories": [category["_id"]],
        "author": author,
        "urlSlug": slug,
        "publishedAt": "2026-02-05T18:30:47.000Z",
    }
    made = ghl.call("blogs.create_post", **post)["data"]
    same(ghl.call("blogs.check_slug", **place, urlSlug=slug)["exists"], True)
    changed = {**post, "title": "Cover for skippers"}
    if ghl.view == "v3":
        changed["wordCount"] = 1
    updated = ghl.call("blogs.update_post", postId=made["_id"], **changed)["updatedBlogPost"]
    same(updated["title"], "Cover for skippers")
    posts = ghl.call("blogs.list_posts", **place, blogId=blog, limit=10, offset=0)["blogs"]
    true(made["_id"] in [each["_id"] for each in posts], "the post is not in the list")


STORIES = (locations, company, associations, blogs)
