"""The blogs of every location, with the authors and categories they are born with, and posts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from instep.sandbox.gohighlevel.identifiers import new_hex_id, new_id
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.refusals import bad_request
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.state import Collection

Post = dict[str, Any]
"""A post as it is kept; times are in milliseconds."""

Section = dict[str, Any]
"""One of what a location has for its posts: a blog, an author or a category."""

BLOG, AUTHOR, CATEGORY = "blog", "author", "category"

_NAMES = {
    BLOG: ("Company news",),
    AUTHOR: ("Rosalind Marsh", "Tobias Wren"),
    CATEGORY: ("Announcements", "How we work", "Insurance explained"),
}


class Press:
    """Keeps blogs. No address of a post occurs twice in a location."""

    def __init__(self, services: Services) -> None:
        self._state = services.state
        self._clock = services.clock
        self._company = services.company
        place = {"location": lambda each: each["locationId"]}
        self._sections = Collection(
            services.state,
            "blog_sections",
            {**place, "kind": lambda each: each["kind"], "name": lambda each: each["name"].lower()},
            ["location, kind"],
        )
        self._posts = Collection(
            services.state,
            "blog_posts",
            {
                **place,
                "blog": lambda post: post["blogId"],
                "status": lambda post: post["status"],
                "published": lambda post: post["publishedAt"],
                "slug": lambda post: post["urlSlug"].lower(),
                "title": lambda post: post["title"].lower(),
            },
            ["location, slug", "blog, published"],
        )
        services.lifecycle.follow("location", Stage.DELETED, self._forget_location)

    def sections(
        self, kind: str, location_id: str, limit: int, skip: int, term: str = ""
    ) -> list[Section]:
        """Return a page of a location's blogs, authors or categories; `term` is in their names."""
        self._furnish(location_id)
        where = "location = ? AND kind = ? AND instr(name, ?) > 0"
        values = (location_id, kind, term.lower())
        return self._sections.find(where, values, "rowid", limit, skip)

    def check_blog(self, location_id: str, blog_id: str) -> None:
        """Raise Refusal unless the location has this blog."""
        self._furnish(location_id)
        blog = self._sections.get(blog_id)
        if blog is None or (blog["kind"], blog["locationId"]) != (BLOG, location_id):
            # not in the facts: the words
            raise bad_request(f"Blog with id {blog_id} not found")

    def posts(
        self, blog_id: str, limit: int, skip: int, *, term: str = "", status: str | None = None
    ) -> list[Post]:
        """Return a page of a blog's posts, the newest first; `term` is in their titles."""
        where, values = "blog = ? AND instr(title, ?) > 0", [blog_id, term.lower()]
        if status:
            where, values = f"{where} AND status = ?", [*values, status]
        return self._posts.find(where, values, "published DESC, id DESC", limit, skip)

    def has_slug(self, location_id: str, slug: str, besides: str | None = None) -> bool:
        """Whether a post of the location, besides this one, has this address."""
        where = "location = ? AND slug = ? AND id IS NOT ?"
        return self._posts.count(where, (location_id, slug.lower(), besides)) > 0

    def create(self, body: Mapping[str, Any]) -> Post:
        """Add a post. Raises Refusal if its blog is unknown or its address taken."""
        return self._keep({"_id": new_hex_id(), **body})

    def get(self, location_id: str, post_id: str) -> Post:
        """Return a post. Raises Refusal if the location has none of this id."""
        post = self._posts.get(post_id)
        if post is None or post["locationId"] != location_id:
            # not in the facts: the words
            raise bad_request(f"Blog post with id {post_id} not found")
        return post

    def replace(self, post: Post, body: Mapping[str, Any]) -> Post:
        """Change a post; what `body` does not name stays. Raises Refusal as `create` does."""
        return self._keep({**post, **body})

    def _keep(self, post: Post) -> Post:
        with self._state.transaction():
            self.check_blog(post["locationId"], post["blogId"])
            if self.has_slug(post["locationId"], post["urlSlug"], post["_id"]):
                # not in the facts: the words; that it must be checked first is in the specification
                raise bad_request("Url slug already exists")
            kept = {**post, "updatedAt": self._clock.milliseconds()}
            self._posts.put(kept["_id"], kept)
            return kept

    def _furnish(self, location_id: str) -> None:
        """Give a location its blog, authors and categories, the first time they are looked for."""
        with self._state.transaction():
            if self._sections.count("location = ?", (location_id,)):
                return
            since = self._clock.milliseconds()
            for kind, names in _NAMES.items():
                for name in names:
                    section = _section(kind, name, self._company.locations[location_id])
                    self._sections.put(section["_id"], {**section, "updatedAt": since})

    def _forget_location(self, location: dict[str, Any]) -> None:
        for table in (self._sections.name, self._posts.name):
            self._state.execute(
                f"DELETE FROM {table} WHERE location = ?",  # noqa: S608 - declared names
                (location["id"],),
            )


def _section(kind: str, name: str, location: dict[str, Any]) -> Section:
    slug = name.lower().replace(" ", "-")
    site = location.get("website") or "https://www.location.example"
    # facts: ghl 6.1 has no form for these; the specification's example of each is one of 20
    # characters, but a post's author has 24 hexadecimal digits
    identifier = new_id() if kind == BLOG else new_hex_id()
    link = f"{site}/blog/{kind}/{slug}"
    return {
        "_id": identifier,
        "kind": kind,
        "name": name,
        "locationId": location["id"],
        "urlSlug": slug,
        "canonicalLink": link,
    }
