"""Alerts: one notice per trouble and channel, a recovery for each that was told, none untold."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.alerting.incidents import SETTLED_MS, Alert, Finding, Subject, look
from instep.core.alerting.rules import USUAL, Deliver, Kind, Rule, check_rule, next_digest
from instep.core.alerting.telling import News, tell
from instep.core.alerting.wording import MOST, words_of
from instep.core.errors import UserError

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
START = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp() * 1000)


def trouble(name="people", kind=Kind.BRAKE, since=START, sentence="Too many changes."):
    return Finding(kind, Subject("sync", name, name), since, sentence, f"instep sync run {name}")


class World:
    """Looks as the engine makes them, with everything kept in memory."""

    def __init__(self, channels=("mail",), rules=None):
        self.now = START
        self.channels = list(channels)
        self.rules = {**USUAL, **(rules or {})}
        self.alerts = {}
        self.tellings = {}
        self.told = []
        self.messages = []

    def look(self, *findings):
        still = [each for each in self.alerts.values() if each.over_at is None]
        seen = look(findings, still, self.now)
        for each in seen.opened:
            alert = Alert(f"alr_{len(self.alerts)}", each, self.now)
            self.alerts[alert.id] = alert
        for each in seen.found:
            self.alerts[each.id] = each
        for each in seen.absent:
            self.alerts[each.id] = replace(each, absent_since=self.now)
        for each in seen.over:
            self.alerts[each.id] = replace(each, over_at=each.absent_since)
        said = tell(
            [*self.alerts.values()], [*self.tellings.values()], self.rules, self.channels, self.now
        )
        for each in said.changed:
            self.tellings[each.alert_id, each.channel_id] = each
        self.told += [(each.alert.id, each.channel_id, each.news) for each in said.told]
        new = [(channel, words_of(told)) for channel, told in said.by_channel().items()]
        self.messages += new
        return [news for _, _, news in self.told[len(self.told) - len(said.told) :]]

    def change(self, **fields):
        [alert] = [each for each in self.alerts.values() if each.over_at is None]
        self.alerts[alert.id] = replace(alert, **fields)

    def after(self, milliseconds, *findings):
        self.now += milliseconds
        return self.look(*findings)


def test_a_trouble_is_told_once_however_often_it_is_seen_and_its_end_once():
    world = World()
    assert world.look(trouble()) == [News.OPENED]
    for _ in range(50):
        assert world.after(30_000, trouble()) == []
    assert world.after(30_000) == []
    assert world.after(SETTLED_MS) == [News.OVER]
    assert world.after(DAY) == []


def test_what_returns_within_five_minutes_was_not_over():
    world = World()
    world.look(trouble())
    for _ in range(20):
        assert world.after(30_000) == []
        assert world.after(SETTLED_MS - 1, trouble()) == []
    assert len(world.alerts) == 1
    world.after(30_000)
    assert world.after(SETTLED_MS) == [News.OVER]
    assert world.after(1, trouble()) == [News.OPENED]
    assert len(world.alerts) == 2


def test_it_is_told_again_every_day_while_it_lasts_until_somebody_knows():
    world = World()
    world.look(trouble())
    news = [world.after(HOUR, trouble()) for _ in range(48)]
    assert [place for place, each in enumerate(news, 1) if each] == [24, 48]
    world.change(acknowledged_by="ann")
    assert not any(world.after(HOUR, trouble()) for _ in range(48))
    world.after(1)
    assert world.after(SETTLED_MS) == [News.OVER]


def test_a_snooze_holds_until_it_ends_and_then_it_is_told_again():
    world = World()
    world.look(trouble())
    world.change(snoozed_until=START + 30 * HOUR)
    news = [world.after(HOUR, trouble()) for _ in range(31)]
    assert [place for place, each in enumerate(news, 1) if each] == [30]


def test_reminders_can_be_off():
    world = World(rules={Kind.BRAKE: Rule(Kind.BRAKE, remind_hours=0)})
    world.look(trouble())
    assert not any(world.after(DAY, trouble()) for _ in range(9))


def test_a_rule_that_is_off_tells_nothing_and_tells_what_lasts_once_it_is_on():
    world = World(rules={Kind.BRAKE: Rule(Kind.BRAKE, on=False)})
    assert world.look(trouble()) == []
    world.rules = dict(USUAL)
    assert world.after(1, trouble()) == [News.OPENED]
    world.rules = {**USUAL, Kind.BRAKE: Rule(Kind.BRAKE, on=False)}
    world.after(1)
    assert world.after(SETTLED_MS) == []
    world.rules = dict(USUAL)
    assert world.after(1) == [], "its end is old news by now"


def test_a_new_channel_hears_of_what_is_open_and_a_chosen_one_alone_of_its_kinds():
    world = World(channels=["mail"])
    world.look(trouble())
    world.channels.append("chat")
    assert world.after(1, trouble()) == [News.OPENED]
    assert world.told[-1][1] == "chat"
    world.rules = {**USUAL, Kind.DELAY: Rule(Kind.DELAY, channels=("chat",))}
    world.after(1, trouble(), trouble(kind=Kind.DELAY))
    assert [channel for _, channel, _ in world.told].count("mail") == 1


def daily(at="08:00", zone="UTC"):
    rule = Rule(Kind.BRAKE, deliver=Deliver.DAILY, at=at, zone=zone)
    return {Kind.BRAKE: rule}


def test_a_digest_waits_for_its_time_and_reminds_each_day():
    world = World(rules=daily())
    assert world.look(trouble()) == []
    news = [(world.now, world.after(30 * MINUTE, trouble())) for _ in range(48 * 3)]
    told = [(world_now + 30 * MINUTE, each) for world_now, each in news if each]
    assert told == [
        (START + 8 * HOUR, [News.OPENED]),
        (START + 8 * HOUR + DAY, [News.STILL]),
        (START + 8 * HOUR + 2 * DAY, [News.STILL]),
    ]


def test_a_digest_reminds_each_day_though_looks_come_a_little_late():
    world = World(rules=daily())
    world.look(trouble())
    counted = Counter()
    for look_number in range(4 * 24 * 60):
        late = 7_000 * (look_number % 3)
        world.now = START + look_number * MINUTE + late
        counted.update(world.look(trouble()))
    assert counted == {News.OPENED: 1, News.STILL: 3}


def test_what_came_and_went_between_two_digests_is_told_as_over_already():
    world = World(rules=daily())
    world.look(trouble())
    world.after(HOUR)
    assert world.after(HOUR) == []
    assert world.after(6 * HOUR) == [News.PASSED]
    assert world.after(DAY) == []


def test_several_at_once_are_one_message_that_counts_the_others():
    world = World()
    many = [trouble(f"s{number}") for number in range(MOST + 5)]
    world.look(*many)
    [(channel, words)] = world.messages
    assert channel == "mail"
    assert words.title == f"The sync s0 was stopped by a brake, and {MOST + 4} other alerts."
    assert words.text.count("What to do: instep sync run") == MOST
    assert words.text.endswith("And 5 others: instep alerts shows them.")
    assert len(words.alerts) == MOST + 5


def test_a_message_groups_what_is_about_the_same():
    world = World()
    world.look(trouble("a"), trouble("b"), trouble("a", Kind.DELAY, sentence="It is late."))
    [(_, words)] = world.messages
    of_a, of_b = words.text.split("\n\n")
    assert of_a.splitlines() == [
        "The sync a was stopped by a brake.",
        "  Too many changes.",
        "  Since 2026-03-01 00:00 UTC.",
        "  What to do: instep sync run a",
        "The sync a is behind.",
        "  It is late.",
        "  Since 2026-03-01 00:00 UTC.",
        "  What to do: instep sync run a",
    ]
    assert of_b.startswith("The sync b ")


def test_the_end_says_from_when_to_when():
    world = World()
    world.look(trouble())
    world.after(HOUR)
    world.after(SETTLED_MS)
    _, words = world.messages[-1]
    assert words.title == "Over: the sync people was stopped by a brake."
    assert "Since 2026-03-01 00:00 UTC, until 2026-03-01 01:00 UTC." in words.text
    assert "What to do" not in words.text


@pytest.mark.parametrize(
    ("rule", "now", "then"),
    [
        (Rule(Kind.DELAY, deliver=Deliver.HOURLY), "2026-03-01T10:00:00", "2026-03-01T11:00:00"),
        (Rule(Kind.DELAY, deliver=Deliver.DAILY), "2026-03-01T07:59:59", "2026-03-01T08:00:00"),
        (Rule(Kind.DELAY, deliver=Deliver.DAILY), "2026-03-01T08:00:00", "2026-03-02T08:00:00"),
        (
            Rule(Kind.DELAY, deliver=Deliver.DAILY, zone="Europe/Amsterdam"),
            "2026-03-28T08:00:00",
            "2026-03-29T06:00:00",  # the night in which summer begins
        ),
        (
            Rule(Kind.DELAY, deliver=Deliver.DAILY, at="00:30", zone="Pacific/Auckland"),
            "2026-03-01T12:00:00",
            "2026-03-02T11:30:00",
        ),
    ],
)
def test_digests_are_told_on_the_hour_or_at_a_time_of_their_zone(rule, now, then):
    found = next_digest(rule, _ms(now))
    assert datetime.fromtimestamp(found / 1000, UTC).isoformat() == f"{then}+00:00"


def _ms(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"at": "8:00"}, "such as 08:00"),
        ({"at": "24:00"}, "such as 08:00"),
        ({"zone": "Amsterdam"}, "the name of a time zone"),
        ({"threshold": 0}, "1 to 43200 minutes"),
        ({"remind_hours": -1}, "0 is for none"),
        ({"kind": Kind.BRAKE, "threshold": 3}, "brake has no threshold"),
    ],
)
def test_a_rule_that_cannot_be_used_is_refused(fields, said):
    with pytest.raises(UserError, match=said):
        check_rule(replace(Rule(Kind.DELAY), **fields))


KEYS = [trouble("a"), trouble("b"), trouble("a", Kind.DELAY)]
DELIVERIES = st.sampled_from([*Deliver])
STEPS = st.lists(
    st.tuples(
        st.sets(st.sampled_from(range(len(KEYS)))),
        st.sampled_from([1_000, 30_000, 4 * MINUTE, 6 * MINUTE, HOUR, 7 * HOUR, DAY]),
    ),
    max_size=40,
)


@given(STEPS, DELIVERIES, DELIVERIES)
def test_each_channel_hears_once_of_each_trouble_and_of_the_end_of_all_it_was_told(
    steps, of_brakes, of_delays
):
    rules = {
        Kind.BRAKE: Rule(Kind.BRAKE, deliver=of_brakes),
        Kind.DELAY: Rule(Kind.DELAY, deliver=of_delays, channels=("chat",)),
    }
    world = World(channels=["mail", "chat"], rules=rules)
    for there, later in steps:
        world.after(later, *(KEYS[each] for each in there))
    for _ in range(60):  # everything gets well, and every digest comes
        world.after(HOUR)
    counted = Counter(world.told)
    for alert in world.alerts.values():
        for channel in world.channels:
            opened, passed, over = (
                counted[alert.id, channel, news] for news in (News.OPENED, News.PASSED, News.OVER)
            )
            assert opened <= 1
            assert over == opened, "an end for each that was told, for none untold"
            assert passed <= 1 - opened
            is_meant = channel == "chat" or alert.finding.kind is Kind.BRAKE
            if not is_meant:
                assert opened + passed == 0
    last = {}
    for alert, channel, news in world.told:
        before = last.get((alert, channel))
        assert before not in {News.OVER, News.PASSED}, "nothing is told after the end"
        assert (before is None) == (news in {News.OPENED, News.PASSED})
        last[alert, channel] = news


@given(STEPS)
def test_at_once_means_every_trouble_is_told_at_the_first_look(steps):
    world = World()
    for there, later in steps:
        world.after(later, *(KEYS[each] for each in there))
        opened = {alert for alert, _, news in world.told if news is News.OPENED}
        assert opened == world.alerts.keys()
