"""What JSON does not carry: files up, sound and text down, lists in a query."""

from __future__ import annotations

import pytest
from aiohttp import web

from instep import File, GoHighLevel, NotFound

SOUND = bytes(range(256)) * 10


async def upload(request):
    parts = {}
    reader = await request.multipart()
    async for part in reader:
        parts[part.name] = [
            part.filename,
            part.headers.get("Content-Type"),
            (await part.read()).decode(),
        ]
    return web.json_response(parts)


async def recording(request):
    if request.match_info["message"] == "gone":
        return web.json_response({"message": "message gone not found"}, status=404)
    return web.Response(body=SOUND, content_type="audio/x-wav")


async def transcription(_request):
    return web.Response(text="Guten Tag, Zoë", content_type="text/plain")


async def slots(request):
    return web.json_response({"userIds": request.query.getall("userIds"), "traceId": "t"})


@pytest.fixture
async def ghl(aiohttp_server_url):
    async with GoHighLevel(
        token="pit-0000-0000", location_id="L1", base_url=aiohttp_server_url
    ) as client:
        yield client


@pytest.fixture
async def aiohttp_server_url():
    app = web.Application()
    app.router.add_post("/medias/upload-file", upload)
    app.router.add_post("/forms/upload-custom-files", upload)
    app.router.add_get("/conversations/messages/{message}/locations/L1/recording", recording)
    app.router.add_get(
        "/conversations/locations/L1/messages/{message}/transcription/download", transcription
    )
    app.router.add_get("/calendars/k/free-slots", slots)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_a_file_goes_up_with_what_belongs_to_it(ghl, tmp_path):
    path = tmp_path / "logo.svg"
    path.write_text("<svg/>")
    body = await ghl.medias.upload_media_content(file=path, name="Logo", hosted=False)
    assert body["file"] == ["logo.svg", "image/svg+xml", "<svg/>"]
    assert body["name"][2] == "Logo"
    assert body["hosted"][2] == "false"


async def test_files_of_custom_fields_go_up_by_the_names_of_their_fields(ghl):
    body = await ghl.forms.upload_to_custom_fields(
        contactId="c1", body={"f1_abc": File("a.txt", b"one", "text/plain")}
    )
    assert body == {"f1_abc": ["a.txt", "text/plain", "one"]}


async def test_a_recording_comes_as_its_bytes(ghl):
    assert await ghl.conversations.get_recording(messageId="m1") == SOUND


async def test_a_refused_recording_is_an_error_and_no_sound(ghl):
    with pytest.raises(NotFound):
        await ghl.conversations.get_recording(messageId="gone")


async def test_a_transcription_comes_as_text(ghl):
    assert await ghl.conversations.download_transcription(messageId="m1") == "Guten Tag, Zoë"


async def test_a_list_in_a_query_arrives_as_one(ghl):
    body = await ghl.calendars.free_slots(
        calendarId="k", startDate=1, endDate=2, userIds=["a b", "c&d"]
    )
    assert body["userIds"] == ["a b", "c&d"]
