"""A right that one holds at a time, and loses by time."""

from __future__ import annotations

from instep.store import leases
from instep.store.leases import Lease

NOW, LENGTH = 1_790_000_000_000, 10_000
ANNA, BERT = (Lease("wsp_default", "refresh:con_1", owner) for owner in ("anna", "bert"))


def take(database, wanted, now):
    with database.write() as tx:
        return leases.acquire(tx, wanted, now, LENGTH)


def give_back(database, held):
    with database.write() as tx:
        leases.release(tx, held)


def test_one_holds_it_until_it_is_given_back(database):
    assert take(database, ANNA, NOW)
    assert not take(database, BERT, NOW)
    give_back(database, ANNA)
    assert take(database, BERT, NOW)


def test_a_dead_holder_loses_it_when_its_time_is_up_and_not_before(database):
    assert take(database, ANNA, NOW)
    assert not take(database, BERT, NOW + LENGTH - 1)
    assert take(database, BERT, NOW + LENGTH)


def test_a_holder_who_takes_it_again_keeps_it_longer(database):
    assert take(database, ANNA, NOW)
    assert take(database, ANNA, NOW + LENGTH - 1)
    assert not take(database, BERT, NOW + LENGTH)


def test_whoever_lost_it_cannot_give_it_away(database):
    assert take(database, ANNA, NOW)
    assert take(database, BERT, NOW + LENGTH)
    give_back(database, ANNA)
    assert not take(database, ANNA, NOW + LENGTH)


def test_leases_of_other_names_are_not_in_the_way(database):
    assert take(database, ANNA, NOW)
    assert take(database, Lease("wsp_default", "refresh:con_2", "bert"), NOW)
