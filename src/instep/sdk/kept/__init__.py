"""Records that somebody on our side keeps: an app made of shelves, one for each kind of records.

A connector whose app cannot be asked declares its resources as `KeptResource`s. Their requests are
answered by `Answering` over any `Keeper`: the app in memory keeps a dict, a CSV file is a keeper,
and so is Instep's own database.

In the database: `kept = True`. A resource with it needs no API of its app. What a webhook tells is
the truth of it: the connector's `read` returns a `Hint` whose `told` names records with values (or
`gone`), which is stored in the same transaction as the event. `list`, `changes`, `get` and `find`
are answered from there; no call is made and no credential's limit is spent. Resources without it
go out by HTTP as ever, beside it in the same connector.

    class Notes(KeptResource):
        name = "notes"
        canonical = "note"
        kept = True
        cursor = TOLD
        readonly = True  # where the app takes no notes from us either
        ...

Writes to a kept resource that is not `readonly` are stored and, in the same transaction, put into
the outbox as a `NewPosting`: what is written so is `write_only`, and every report says it.
"""

from __future__ import annotations

from instep.sdk.kept.answering import Answering
from instep.sdk.kept.keeper import Keeper, Page, Refused, Wanted
from instep.sdk.kept.outbox import NewPosting
from instep.sdk.kept.resource import HERE, PREFIX, TOLD, KeptResource

__all__ = [
    "HERE",
    "PREFIX",
    "TOLD",
    "Answering",
    "Keeper",
    "KeptResource",
    "NewPosting",
    "Page",
    "Refused",
    "Wanted",
]
