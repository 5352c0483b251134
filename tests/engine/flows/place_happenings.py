"""What happens to a location, its businesses, associations and blogs."""

from __future__ import annotations

import secrets

from tests.engine.flows.expectations import changed, new


async def business(it):
    made = await it("businesses.create", locationId=it.place, name="Acorn")
    one = made["buiseness"]["id"]
    yield {"businessId": one}
    await it("businesses.update", businessId=one, city="Leeds")
    yield changed(id=one, city="Leeds")


async def businesses(it):
    await it("businesses.create", locationId=it.place, name="Birch")
    yield {}
    made = await it("businesses.create", locationId=it.place, name="Acorn")
    one = made["buiseness"]["id"]
    yield new(id=one, name="Acorn")
    await it("businesses.update", businessId=one, city="Leeds")
    yield changed(id=one, city="Leeds")


async def unchanging(it):
    yield {}
    assert it


async def locations(it):
    yield {}
    made = await it("locations.create", companyId=it.company, name="Riverside", country="US")
    yield new(id=made["id"], name="Riverside")
    await it("locations.update", locationId=made["id"], companyId=it.company, name="Lakeside")
    yield changed(id=made["id"], name="Lakeside")


async def custom_fields(it):
    yield {"model": "contact"}
    place = {"locationId": it.place}
    field = {"name": "Policy", "dataType": "TEXT", "model": "contact"}
    one = (await it("locations.create_custom_field", **place, **field))["customField"]["id"]
    yield new(id=one, name="Policy")
    await it("locations.update_custom_field", **place, id=one, name="Policy number")
    yield changed(id=one, name="Policy number")


async def _association(it):
    return await it(
        "associations.create",
        locationId=it.place,
        key=f"partner_{secrets.token_hex(3)}",
        firstObjectLabel="partner",
        firstObjectKey="contact",
        secondObjectLabel="partner of",
        secondObjectKey="contact",
    )


_SPOUSES = {"firstObjectLabel": "spouse", "secondObjectLabel": "spouse of"}


async def associations(it):
    yield {}
    one = await _association(it)
    yield new(id=one["id"], key=one["key"])
    await it("associations.update", associationId=one["id"], **_SPOUSES)
    yield changed(id=one["id"], firstObjectLabel="spouse")


async def association(it):
    one = await _association(it)
    yield {"associationId": one["id"]}
    await it("associations.update", associationId=one["id"], **_SPOUSES)
    yield changed(id=one["id"], firstObjectLabel="spouse")


async def association_by_key(it):
    one = await _association(it)
    yield {"key_name": one["key"]}
    await it("associations.update", associationId=one["id"], **_SPOUSES)
    yield changed(id=one["id"], firstObjectLabel="spouse")


async def associations_of_object(it):
    one = await _association(it)
    yield {"objectKey": "contact", "locationId": it.place}
    await it("associations.update", associationId=one["id"], **_SPOUSES)
    yield changed(id=one["id"], firstObjectLabel="spouse")


async def relations(it):
    one, ada, bob = await _association(it), await it.contact(), await it.contact()
    yield {"recordId": ada}
    made = await it(
        "associations.create_relation",
        locationId=it.place,
        associationId=one["id"],
        firstRecordId=ada,
        secondRecordId=bob,
    )
    yield new(id=made["id"])


async def _post(it, slug):
    place = {"locationId": it.place}
    blogs = await it("blogs.list", **place, skip=0, limit=10)
    authors = await it("blogs.list_authors", **place, limit=5, offset=0)
    categories = await it("blogs.list_categories", **place, limit=5, offset=0)
    return {
        **place,
        "blogId": blogs["data"][0]["_id"],
        "title": "Cover for sailors",
        "imageUrl": "https://images.example/boat.png",
        "description": "What a policy covers at sea",
        "rawHTML": "<p>Much.</p>",
        "status": "PUBLISHED",
        "imageAltText": "A boat",
        "categories": [categories["categories"][0]["_id"]],
        "author": authors["authors"][0]["_id"],
        "urlSlug": slug,
        "publishedAt": "2026-02-05T18:30:47.000Z",
    }


async def slug(it):
    wanted = f"post-{secrets.token_hex(4)}"
    yield {"urlSlug": wanted}
    await it("blogs.create_post", **await _post(it, wanted))
    yield changed(exists=True)


async def posts(it):
    post = await _post(it, f"post-{secrets.token_hex(4)}")
    yield {"blogId": post["blogId"]}
    made = (await it("blogs.create_post", **post))["data"]
    yield new(_id=made["_id"], title="Cover for sailors")
    await it("blogs.update_post", postId=made["_id"], **{**post, "title": "Cover for skippers"})
    yield changed(_id=made["_id"], title="Cover for skippers")
