"""The words that associations and relations are refused in."""

from __future__ import annotations

from instep.sandbox.gohighlevel.refusals import Refusal, bad_request, unprocessable


def unknown_association() -> Refusal:
    """Refuse an association that is not there (any more)."""
    # not in the facts; the words a public integration meets
    return bad_request("Association not found")


def unknown_relation() -> Refusal:
    """Refuse a relation that is not there (any more); not in the facts: the words."""
    return bad_request("Relation not found")


def same_labels() -> Refusal:
    """Refuse an association whose two ends are called the same."""
    # not in the facts; the words a public integration meets
    return unprocessable(["Both object labels can not be same"])


def key_taken(key: str) -> Refusal:
    """Refuse a second association with this key; not in the facts: the words."""
    return bad_request(f"Association with key {key} already exists")


def defined_by_the_system() -> Refusal:
    """Refuse to change what a location has from the start; not in the facts: the words."""
    return bad_request("System defined associations can not be changed")


def related_already(association_id: str) -> Refusal:
    """Refuse to relate two records twice."""
    # the words of issue 73 of the official API's tracker
    return bad_request(
        "Could not create relation: duplicate relation of object Ids for given association "
        f"{association_id}"
    )


def related_to_itself() -> Refusal:
    """Refuse to relate a record to itself; not in the facts."""
    return bad_request("Could not create relation: a record can not be related to itself")
