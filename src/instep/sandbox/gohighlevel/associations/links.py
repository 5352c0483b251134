"""Relations: the operations on them."""

from __future__ import annotations

from instep.sandbox.gohighlevel.associations.definitions import PAGE, USUAL_PAGE
from instep.sandbox.gohighlevel.associations.registry import Registry
from instep.sandbox.gohighlevel.associations.relations import Relation, Relations, shown
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation

_OF_ITS_ASSOCIATION = ("key", "firstObjectLabel", "secondObjectLabel", "associationType")


def create(call: Call) -> JsonObject:
    """Relate two records under an association."""
    body = call.body
    association = call.part(Registry).in_location(body["locationId"], body["associationId"])
    relation = call.part(Relations).create(
        association, body["firstRecordId"], body["secondRecordId"]
    )
    return _detailed(call, relation)


def find_all(call: Call) -> JsonObject:
    """Return a page of a record's relations, of all associations or of those named."""
    query = call.query
    names = [
        name
        for each in (*query.getlist("associationIds"), *query.getlist("associationIds[]"))
        for name in each.split(",")
        if name
    ]
    skip, limit = int(query.get("skip", 0)), int(query.get("limit", USUAL_PAGE))
    found, total = call.part(Relations).of(
        query["locationId"], call.path["recordId"], names, limit, skip
    )
    # the specification shows one association; public integrations agree on a list under this key
    return {"relations": [shown(each) for each in found], "total": total}


def delete(call: Call) -> JsonObject:
    """Remove a relation. The second time it is unknown."""
    relations = call.part(Relations)
    relation = relations.get(call.query["locationId"], call.path["relationId"])
    answer = _detailed(call, relation)
    relations.delete(relation)
    return answer


def _detailed(call: Call, relation: Relation) -> JsonObject:
    """Return a relation with what the specification shows of its association."""
    association = call.part(Registry).get(relation["locationId"], relation["associationId"])
    return {**shown(relation), **{name: association[name] for name in _OF_ITS_ASSOCIATION}}


OPERATIONS = (
    Operation("associations.create_relation", create),
    Operation("associations.list_relations", find_all, query=PAGE),
    Operation("associations.delete_relation", delete),
)
