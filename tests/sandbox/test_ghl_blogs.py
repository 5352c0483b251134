from __future__ import annotations

import pytest

from instep.sandbox.gohighlevel import GoHighLevel
from tests.sandbox.ghl_caller import V2, V3, serving


class Blogs:
    def __init__(self, ghl):
        self._ghl = ghl

    async def read(self, path, *, version=V2, **query):
        first = "skip" if path == "site/all" else "offset"
        query = {"locationId": self._ghl.location, "limit": "10", first: "0", **query}
        return await self._ghl.call("GET", f"/blogs/{path}", version=version, params=query)

    async def blog(self):
        [found] = (await self.read("site/all")).body["data"]
        return found["_id"]

    async def body(self, **other):
        [author, _] = (await self.read("authors")).body["authors"]
        [category, *_] = (await self.read("categories")).body["categories"]
        return {
            "title": "Why insure a boat",
            "locationId": self._ghl.location,
            "blogId": await self.blog(),
            "imageUrl": "https://x.org/boat.jpg",
            "description": "Boats sink",
            "rawHTML": "<h1>Boats</h1>",
            "status": "PUBLISHED",
            "imageAltText": "A boat",
            "categories": [category["_id"]],
            "author": author["_id"],
            "urlSlug": "why-insure-a-boat",
            "publishedAt": "2025-02-05T18:30:47.000Z",
            **other,
        }

    async def post(self, *, version=V2, **other):
        body = await self.body(**other)
        return await self._ghl.call("POST", "/blogs/posts", version=version, json=body)

    async def posts(self, **query):
        answer = await self.read("posts/all", blogId=await self.blog(), **query)
        assert answer.status == 200, answer
        return [each["urlSlug"] for each in answer.body["blogs"]]

    async def exists(self, slug, **query):
        query = {"locationId": self._ghl.location, "urlSlug": slug, **query}
        answer = await self._ghl.call("GET", "/blogs/posts/url-slug-exists", params=query)
        return answer.body["exists"]


@pytest.fixture
def blogs(ghl):
    return Blogs(ghl)


@pytest.mark.parametrize("version", [V2, V3])
async def test_a_location_begins_with_a_blog_two_authors_and_three_categories(blogs, version):
    site = await blogs.read("site/all", version=version)
    assert [each["name"] for each in site.body["data"]] == ["Company news"]
    authors = (await blogs.read("authors", version=version)).body["authors"]
    assert [each["name"] for each in authors] == ["Rosalind Marsh", "Tobias Wren"]
    categories = (await blogs.read("categories", version=version)).body["categories"]
    assert [each["urlSlug"] for each in categories] == [
        "announcements",
        "how-we-work",
        "insurance-explained",
    ]
    second = (await blogs.read("authors", version=version, limit="1", offset="1")).body
    assert [each["name"] for each in second["authors"]] == ["Tobias Wren"]
    assert (await blogs.read("site/all", searchTerm="other")).body["data"] == []


@pytest.mark.parametrize("version", [V2, V3])
async def test_a_post_is_written_and_changed(ghl, blogs, version):
    made = await blogs.post(version=version, tags=["boats"])
    assert made.status == 200
    post = made.body["data"]
    assert (
        post.items()
        >= {
            "title": "Why insure a boat",
            "archived": False,
            "tags": ["boats"],
            "publishedAt": "2025-02-05T18:30:47.000Z",
        }.items()
    )
    body = await blogs.body(title="Why not", status="ARCHIVED")
    body |= {"wordCount": 2} if version == V3 else {}
    path = f"/blogs/posts/{post['_id']}"
    changed = await ghl.call("PUT", path, version=version, json=body)
    assert changed.status == 200
    assert (
        changed.body["updatedBlogPost"].items()
        >= {
            "_id": post["_id"],
            "title": "Why not",
            "archived": True,
            "tags": ["boats"],
        }.items()
    )
    unknown = await ghl.call("PUT", "/blogs/posts/x", version=version, json=body)
    assert (unknown.status, unknown.message) == (400, "Blog post with id x not found")


async def test_only_the_newer_version_asks_for_the_number_of_words(ghl, blogs):
    post = (await blogs.post()).body["data"]
    path = f"/blogs/posts/{post['_id']}"
    body = await blogs.body()
    missing = await ghl.call("PUT", path, version=V3, json=body)
    assert (missing.status, missing.message[0]) == (422, "wordCount should not be empty")
    odd = await ghl.call("PUT", path, json={**body, "wordCount": 2})
    assert (odd.status, odd.message) == (422, ["property wordCount should not exist"])


async def test_an_address_occurs_once_in_a_location(ghl, blogs):
    assert await blogs.exists("why-insure-a-boat") is False
    post = (await blogs.post()).body["data"]
    assert await blogs.exists("Why-Insure-A-Boat") is True
    assert await blogs.exists("why-insure-a-boat", postId=post["_id"]) is False
    again = await blogs.post(title="Another")
    assert (again.status, again.message) == (400, "Url slug already exists")
    other = (await blogs.post(urlSlug="other")).body["data"]
    path = f"/blogs/posts/{other['_id']}"
    assert (await ghl.call("PUT", path, json=await blogs.body())).status == 400
    same = await blogs.body(urlSlug="other", title="New")
    assert (await ghl.call("PUT", path, json=same)).status == 200
    assert sorted(await blogs.posts()) == ["other", "why-insure-a-boat"]


async def test_posts_are_listed_the_newest_first_by_title_and_status(blogs):
    for number, status in ((1, "DRAFT"), (3, "PUBLISHED"), (2, "PUBLISHED")):
        when = f"2025-01-0{number}T00:00:00Z"
        other = {"urlSlug": f"p{number}", "title": f"Post {number}", "status": status}
        assert (await blogs.post(publishedAt=when, **other)).status == 200
    assert await blogs.posts() == ["p3", "p2", "p1"]
    assert await blogs.posts(limit="1", offset="1") == ["p2"]
    assert await blogs.posts(searchTerm="post 1") == ["p1"]
    assert await blogs.posts(status="PUBLISHED") == ["p3", "p2"]
    assert await blogs.posts(status="ALL", version=V3) == ["p3", "p2", "p1"]
    refused = await blogs.read("posts/all", blogId=await blogs.blog(), status="ALL")
    assert refused.status == 422
    unknown = await blogs.read("posts/all", blogId="x")
    assert (unknown.status, unknown.message) == (400, "Blog with id x not found")


@pytest.mark.parametrize(
    ("other", "status"),
    [
        ({"status": "LOST"}, 422),
        ({"publishedAt": "soon"}, 422),
        ({"categories": "x"}, 422),
        ({"odd": 1}, 422),
        ({"blogId": "x"}, 400),
    ],
)
async def test_a_wrong_post_is_refused(blogs, other, status):
    assert (await blogs.post(**other)).status == status
    assert await blogs.posts() == []


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "x"}, {"offset": "-1"}])
async def test_a_wrong_page_is_refused(blogs, query):
    assert (await blogs.read("authors", **query)).status == 422


async def test_blogs_are_for_the_locations_own_token_and_scopes(ghl, blogs):
    agency = ghl.told["agency_private_integration_token"]
    query = f"?locationId={ghl.location}&limit=1&skip=0"
    assert (await ghl.call("GET", f"/blogs/site/all{query}", token=agency)).status == 401
    foreign = await blogs.read("site/all", locationId=ghl.other_location)
    assert foreign.status == 403
    assert (await blogs.post(locationId=ghl.other_location)).status == 403
    token = ghl.told["private_integration_token"]
    scopes = {"token": token, "scopes": ["blogs/author.readonly"]}
    await ghl.call("PUT", "/_sandbox/scopes", json=scopes)
    assert (await blogs.read("authors")).status == 200
    for path in ("site/all", "categories", "posts/all", "posts/url-slug-exists"):
        answer = await blogs.read(path)
        assert answer.message == "The token is not authorized for this scope."


async def test_blogs_survive_a_restart(tmp_path):
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        first = await Blogs(ghl).blog()
        await Blogs(ghl).post()
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        assert await Blogs(ghl).blog() == first
        assert await Blogs(ghl).posts() == ["why-insure-a-boat"]
