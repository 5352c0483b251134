"""Tasks, notes, appointments and businesses between GoHighLevel and Insightly, on real ports."""

from __future__ import annotations

import pytest

from instep.engine.rule_making import Said
from tests.e2e.belongings import OfGoHighLevel, OfInsightly
from tests.two_way.hooks import listening
from tests.two_way.stage import GHL, email, person, staged

ZONE = "America/New_York"
ANNA, BERT = email("Anna"), email("Bert")


class Desk:
    """Both apps and Instep between them, with Anna and Bert in step."""

    def __init__(self, stage):
        self.stage = stage
        location = stage.sandbox.describe()[GHL]["location_id"]
        self.ghl = OfGoHighLevel(stage.ghl, location)
        self.insightly = OfInsightly(stage.insightly)

    def anna(self):
        return self.ghl.id_of(ANNA), self.insightly.id_of(ANNA)

    async def run(self, *names):
        """Run syncs, each until nothing is left to do; the last one's status."""
        for name in names:
            self.stage.wait(30)
            status = await self.stage.run(name)
            assert status.sync.state == "active", status.sync.sentence
        return status

    async def assert_quiet(self, *names):
        """Run everything again: nothing is written, and both sides are found equal."""
        for name in names:
            self.stage.wait(300)
            counts = (await self.stage.run(name)).latest.counts
            written = {word for word in counts if word.startswith(("created", "updated"))}
            assert written == set(), counts
            compared = await self.stage.instep.syncs.compare(name)
            assert compared.in_step, compared


@pytest.fixture
async def desk(database_url, tmp_path):
    people = [person("Anna", phone="+12125550101"), person("Bert", phone="+12125550102")]
    async with staged(database_url, tmp_path, people) as stage:
        await stage.connect(timezone=ZONE)
        await stage.create("contacts")
        await stage.run("contacts")
        yield Desk(stage)


# Tasks


async def test_tasks_keep_status_due_date_and_completion_both_ways(desk):
    ghl, insightly = desk.ghl, desk.insightly
    here, there = desk.anna()
    ghl.task(here, "Call back", "2026-12-01T15:00:00Z", body="about the policy")
    insightly.task(there, "Send papers", "2026-12-03 09:30:00", DETAILS="both copies")
    ghl.task(here, "On both", "2026-12-02T15:00:00Z")
    insightly.task(there, "On both", "2026-12-02 10:00:00", COMPLETED=True, STATUS="COMPLETED")
    await desk.stage.create("tasks", canonical="task")
    counts = (await desk.run("tasks")).latest.counts
    assert counts["matched"] == 1

    made = insightly.tasks(there)["Call back"]
    # what is due is told in the connection's zone, five hours behind in winter
    assert (made["DUE_DATE"][:16], made["DETAILS"]) == ("2026-12-01 10:00", "about the policy")
    assert (made["COMPLETED"], made["STATUS"]) == (False, "NOT STARTED")
    copied = ghl.tasks(here)["Send papers"]
    assert (copied["dueDate"][:16], copied["body"]) == ("2026-12-03T14:30", "both copies")
    assert ghl.tasks(here)["On both"]["completed"] is True
    await desk.assert_quiet("tasks")

    ghl.edit_task(here, ghl.tasks(here)["Call back"]["id"], completed=True)
    insightly.edit_task(
        insightly.tasks(there)["Send papers"]["TASK_ID"], DUE_DATE="2026-07-01 09:30:00"
    )
    await desk.run("tasks")
    done = insightly.tasks(there)["Call back"]
    assert (done["COMPLETED"], done["STATUS"]) == (True, "COMPLETED")
    assert ghl.tasks(here)["Send papers"]["dueDate"][:16] == "2026-07-01T13:30"  # in summer, four
    ghl.edit_task(here, ghl.tasks(here)["Call back"]["id"], completed=False)
    insightly.edit_task(
        insightly.tasks(there)["Send papers"]["TASK_ID"], COMPLETED=True, STATUS="COMPLETED"
    )
    await desk.run("tasks")
    assert insightly.tasks(there)["Call back"]["COMPLETED"] is False
    assert ghl.tasks(here)["Send papers"]["completed"] is True
    assert (len(ghl.tasks(here)), len(insightly.tasks(there))) == (3, 3)
    await desk.assert_quiet("tasks")


async def test_a_lost_answer_to_a_task_or_to_its_link_doubles_nothing(desk):
    here, there = desk.anna()
    await desk.stage.create("tasks", canonical="task")
    await desk.run("tasks")
    for number, (app, path) in enumerate(
        [
            (desk.stage.insightly, "/v3.1/Tasks"),
            (desk.stage.insightly, "/v3.1/Tasks/*/Links"),
            (desk.stage.ghl, "/contacts/*/tasks"),
        ]
    ):
        app.fault("timeout_after_success", method="POST", path=path, count=1)
        if app is desk.stage.ghl:
            desk.insightly.task(there, f"Task {number}", "2026-12-03 09:30:00")
        else:
            desk.ghl.task(here, f"Task {number}", "2026-12-01T15:00:00Z")
        await desk.run("tasks")
        app.calm()
        await desk.run("tasks")
        assert set(desk.insightly.tasks(there)) == set(desk.ghl.tasks(here))
        assert len(desk.ghl.tasks(here)) == number + 1
    await desk.assert_quiet("tasks")


async def test_a_task_of_a_new_contact_waits_for_it_and_then_goes_by_itself(desk):
    await desk.stage.create("tasks", canonical="task")
    await desk.run("tasks")
    desk.stage.ghl.add({"first_name": "Cora", "last_name": "Doe", "email": email("Cora")})
    cora = desk.ghl.id_of(email("Cora"))
    task = desk.ghl.task(cora, "Call Cora", "2026-12-01T15:00:00Z")
    status = await desk.run("tasks")
    assert status.records["a", "waiting"] == 1
    told = await desk.stage.why(task)
    assert told["stands"] == "awaiting"
    assert "has no partner in Insightly yet" in told["why"][0]
    await desk.run("contacts")
    desk.stage.wait(1)
    await desk.stage.work("tasks")  # nobody asked for it, and no poll is due yet
    assert set(desk.insightly.tasks(desk.insightly.id_of(email("Cora")))) == {"Call Cora"}
    await desk.assert_quiet("contacts", "tasks")


async def test_a_task_of_nobody_stays_in_insightly_and_says_why(desk):
    await desk.stage.create("tasks", canonical="task")
    nobodys = desk.insightly.task(None, "Tidy up", "2026-12-03 09:30:00")
    await desk.run("tasks")
    (told,) = await desk.stage.instep.reviews.why(str(nobodys), "tasks")
    assert told.stand == "excluded"
    assert "belongs to no contact" in told.explanation.sentences[0]
    await desk.assert_quiet("tasks")


# Notes


async def test_notes_go_both_ways_and_three_that_say_the_same_stay_three(desk):
    ghl, insightly = desk.ghl, desk.insightly
    here, there = desk.anna()
    for _ in range(3):
        ghl.note(here, "Left voicemail")
    insightly.note(there, "Left voicemail")
    insightly.note(there, "Likes tea")
    mine = ghl.note(here, "Prefers mornings")
    await desk.stage.create("notes", canonical="note")
    await desk.run("notes")
    said = ["Left voicemail"] * 3 + ["Likes tea", "Prefers mornings"]
    assert ghl.notes(here) == said
    assert len(insightly.notes(there)) == len(said)
    await desk.assert_quiet("notes")

    ghl.edit_note(here, mine, "Prefers evenings")
    theirs = next(each for each in insightly.notes(there) if "Likes tea" in each["BODY"])
    insightly.edit_note(theirs["NOTE_ID"], "Likes coffee")
    # nothing shows that a note of GoHighLevel changed: its contact's change, or the sweep, does
    await desk.run("notes")
    assert "Likes coffee" in ghl.notes(here)
    assert any("Prefers evenings" in each["BODY"] for each in insightly.notes(there))
    assert len(ghl.notes(here)) == len(insightly.notes(there)) == len(said)
    await desk.assert_quiet("notes")


async def test_a_webhook_brings_a_note_without_reading_any_list(desk):
    here, there = desk.anna()
    await desk.stage.create("notes", canonical="note")
    await desk.run("notes")
    async with listening(desk.stage) as told:
        desk.ghl.note(here, "Just now")
        await told.one()
        status = await desk.stage.work("notes")
    assert status.latest.kind == "webhook"
    (made,) = desk.insightly.notes(there)
    assert "Just now" in made["BODY"]
    await desk.assert_quiet("notes")


# Appointments


async def test_appointments_and_events_mean_the_same_instant_in_any_zone(desk):
    ghl, insightly = desk.ghl, desk.insightly
    here, there = desk.anna()
    calendar = ghl.calendar()
    booked = ghl.book(
        here, calendar, "Review", "2027-01-05T10:00:00-05:00", "2027-01-05T10:30:00-05:00"
    )
    insightly.event(there, "Signing", "2027-07-06 14:00:00", "2027-07-06 15:00:00")
    said = Said(defaults={"a.calendar_id": calendar, "a.status": "confirmed"})
    await desk.stage.create("appointments", canonical="appointment", said=said)
    await desk.run("appointments")

    event = insightly.events(there)["Review"]
    assert event["START_DATE_UTC"][:16] == "2027-01-05 15:00"
    assert event["END_DATE_UTC"][:16] == "2027-01-05 15:30"
    listed = ghl.appointments(here)
    # facts: ghl 6.8 (the contact's list names local times, without an offset)
    assert listed["Review"]["startTime"] == "2027-01-05 10:00:00"
    assert listed["Signing"]["startTime"] == "2027-07-06 10:00:00"
    await desk.assert_quiet("appointments")

    ghl.move(booked, "2027-04-05T10:00:00-04:00", "2027-04-05T11:00:00-04:00")
    signing = insightly.events(there)["Signing"]
    insightly.move(signing["EVENT_ID"], "2027-12-06 14:00:00", "2027-12-06 15:00:00")
    await desk.run("appointments")
    assert insightly.events(there)["Review"]["START_DATE_UTC"][:16] == "2027-04-05 14:00"
    assert ghl.appointments(here)["Signing"]["startTime"] == "2027-12-06 09:00:00"
    assert len(ghl.appointments(here)) == len(insightly.events(there)) == 2
    await desk.assert_quiet("appointments")


async def test_one_appointment_in_both_apps_is_matched_by_its_instant(desk):
    here, there = desk.anna()
    calendar = desk.ghl.calendar()
    desk.ghl.book(here, calendar, "Tea", "2027-01-05T10:00:00-05:00", "2027-01-05T10:30:00-05:00")
    desk.insightly.event(there, "Tea", "2027-01-05 15:00:00", "2027-01-05 15:30:00")
    said = Said(defaults={"a.calendar_id": calendar})
    await desk.stage.create("appointments", canonical="appointment", said=said)
    counts = (await desk.run("appointments")).latest.counts
    assert counts["matched"] == 1
    assert len(desk.ghl.appointments(here)) == len(desk.insightly.events(there)) == 1
    await desk.assert_quiet("appointments")


# Businesses


@pytest.mark.parametrize("order", [("businesses", "contacts"), ("contacts", "businesses")])
async def test_businesses_and_organisations_are_one_and_contacts_belong_to_the_same(desk, order):
    ghl, insightly = desk.ghl, desk.insightly
    here, there = desk.anna()
    acme = ghl.business("Acme")
    insightly.organisation("ACME")
    globex = insightly.organisation("Globex")
    ghl.employ(here, acme)
    insightly.employ(insightly.id_of(BERT), globex)
    await desk.stage.create("businesses", canonical="business")
    await desk.run(*order)
    desk.stage.wait(1)
    await desk.stage.work("contacts")
    assert set(ghl.businesses()) == set(insightly.organisations()) == {"Acme", "Globex"}
    assert insightly.works_for(there) == "Acme"
    assert ghl.works_for(ghl.id_of(BERT)) == "Globex"
    await desk.assert_quiet("businesses", "contacts")

    insightly.employ(there, insightly.organisations()["Globex"])
    await desk.run("contacts")
    assert ghl.works_for(here) == "Globex"
    ghl.employ(here, acme)
    await desk.run("contacts")
    assert insightly.works_for(there) == "Acme"
    ghl.employ(here, None)  # an empty value does not overwrite a filled one
    await desk.run("contacts")
    assert ghl.works_for(here) == insightly.works_for(there) == "Acme"
    await desk.assert_quiet("businesses", "contacts")
