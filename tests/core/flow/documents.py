"""Documents of flows that tests begin with."""

from __future__ import annotations

from instep.core.flow.reading import read_flow
from instep.core.flow.spoken import FlowLanguage


def when(**wanted):
    """Conditions that ask for these values of the trigger's item."""
    return {"all": [{"field": f"trigger.{name}", "value": each} for name, each in wanted.items()]}


def action(own, operation="contacts.get", **more):
    return {"id": own, "kind": "action", "connection": "ghl", "operation": operation, **more}


def document(*steps, trigger=None):
    return {"id": "thanks", "trigger": trigger or {"kind": "manual"}, "steps": list(steps)}


def everything():
    """A flow with a step of every kind."""
    return {
        "id": "welcome",
        "title": "Welcome a new lead",
        "trigger": {"kind": "event", "connection": "ghl", "event": "ContactCreate"},
        "steps": [
            {"id": "leads", "kind": "filter", "where": when(type="lead")},
            action("find", inputs={"contactId": "{{trigger.id}}"}),
            {"id": "names", "kind": "set_values", "values": {"full": "Dear {{trigger.name}}"}},
            {
                "id": "size",
                "kind": "branch",
                "ways": [
                    {"where": when(size="big"), "steps": [action("big")]},
                    {"title": "Mid", "where": when(size="mid"), "steps": []},
                ],
                "otherwise": [action("small", on_error={"then": "go_on"})],
            },
            {
                "id": "each",
                "kind": "for_each",
                "items": "{{steps.find.contact.tags}}",
                "steps": [
                    action("tag", inputs={"tag": "{{item}}", "deep": {"all": ["{{index}}"]}})
                ],
            },
            {"id": "pause", "kind": "delay", "seconds": 60},
            {"id": "until", "kind": "delay", "until": "{{trigger.start}}"},
            {"id": "go", "kind": "sync_now", "sync": "contacts"},
        ],
    }


def read(raw):
    return read_flow(raw, FlowLanguage())


def flow_of(*steps, trigger=None):
    reading = read(document(*steps, trigger=trigger))
    assert reading.flow is not None, [each.sentence for each in reading.problems]
    return reading.flow


def sentences(raw):
    return [each.sentence for each in read(raw).problems]
