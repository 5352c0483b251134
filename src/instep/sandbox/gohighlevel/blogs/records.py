"""Blogs: the operations on them."""

from __future__ import annotations

from typing import Any

from instep.sandbox.gohighlevel.blogs.press import AUTHOR, BLOG, CATEGORY, Post, Press, Section
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.refusals import unprocessable
from instep.sandbox.gohighlevel.shapes import (
    STRING,
    Property,
    Shape,
    number_text,
    one_of,
    required,
)
from instep.sandbox.gohighlevel.times import iso, moment
from instep.sandbox.gohighlevel.versions import View

_STATUSES = ("PUBLISHED", "SCHEDULED", "ARCHIVED", "DRAFT")
_ALL = "ALL"

_SHOWN = (
    *("_id", "title", "description", "imageUrl", "status", "imageAltText", "urlSlug"),
    *("canonicalLink", "author", "categories"),
)


def _page(first: str, **more: Property) -> Shape:
    """Return the query of a list: as published, and no page below nothing."""
    page = {"limit": required(number_text(1)), first: required(number_text(0))}
    return Shape({"locationId": required(STRING), **page, **more}, open_=True)


def _status(path: str, value: Any, view: View) -> list[str]:
    words = _STATUSES if view is View.V2 else (_ALL, *_STATUSES)
    return one_of(*words).problems(path, value, view)


_POSTS = _page("offset", blogId=required(STRING), status=Property(_status))


def list_blogs(call: Call) -> JsonObject:
    """Return a page of the location's blogs."""
    return {"data": [_named(each, "name") for each in _sections(call, BLOG, "skip")]}


def list_authors(call: Call) -> JsonObject:
    """Return a page of those who write the location's posts."""
    found = _sections(call, AUTHOR, "offset")
    return {"authors": [{**_named(each, "name"), **_linked(each)} for each in found]}


def list_categories(call: Call) -> JsonObject:
    """Return a page of what the location's posts are sorted into."""
    return {
        "categories": [
            # the specification describes `label` and requires `name`
            {
                **_named(each, "name"),
                "label": each["name"],
                **_linked(each),
                "urlSlug": each["urlSlug"],
            }
            for each in _sections(call, CATEGORY, "offset")
        ]
    }


def list_posts(call: Call) -> JsonObject:
    """Return a page of a blog's posts, the newest first."""
    query, press = call.query, call.part(Press)
    press.check_blog(query["locationId"], query["blogId"])
    status = query.get("status")
    found = press.posts(
        query["blogId"],
        int(query["limit"]),
        int(query["offset"]),
        term=query.get("searchTerm", ""),
        status=None if status == _ALL else status,
    )
    return {"blogs": [_shown(each) for each in found]}


def check_slug(call: Call) -> JsonObject:
    """Say whether a post of the location has this address; `postId` is left out of account."""
    query = call.query
    press = call.part(Press)
    return {"exists": press.has_slug(query["locationId"], query["urlSlug"], query.get("postId"))}


def create_post(call: Call) -> JsonObject:
    """Add a post."""
    return {"data": _shown(call.part(Press).create(_sent(call)))}


def update_post(call: Call) -> JsonObject:
    """Change a post."""
    press = call.part(Press)
    post = press.get(call.body["locationId"], call.path["postId"])
    return {"updatedBlogPost": _shown(press.replace(post, _sent(call)))}


def _sections(call: Call, kind: str, first: str) -> list[Section]:
    query = call.query
    limit, skip = int(query["limit"]), int(query[first])
    term = query.get("searchTerm", "")
    return call.part(Press).sections(kind, query["locationId"], limit, skip, term)


def _sent(call: Call) -> JsonObject:
    when = moment(call.body["publishedAt"])
    if when is None:
        raise unprocessable(["publishedAt must be a valid ISO 8601 date string"])
    return {**call.body, "publishedAt": when}


def _named(section: Section, name: str) -> JsonObject:
    return {"_id": section["_id"], name: section["name"]}


def _linked(section: Section) -> JsonObject:
    return {
        "locationId": section["locationId"],
        "canonicalLink": section["canonicalLink"],
        "updatedAt": iso(section["updatedAt"]),
    }


def _shown(post: Post) -> JsonObject:
    """Show a post; its text is in no published reply."""
    return {
        **{name: post[name] for name in _SHOWN if name in post},
        "tags": post.get("tags", []),
        "archived": post["status"] == "ARCHIVED",
        "publishedAt": iso(post["publishedAt"]),
        "updatedAt": iso(post["updatedAt"]),
    }


OPERATIONS = (
    Operation("blogs.list", list_blogs, query=_page("skip")),
    Operation("blogs.list_authors", list_authors, query=_page("offset")),
    Operation("blogs.list_categories", list_categories, query=_page("offset")),
    Operation("blogs.list_posts", list_posts, query=_POSTS),
    Operation("blogs.check_slug", check_slug),
    Operation("blogs.create_post", create_post),
    Operation("blogs.update_post", update_post),
)
