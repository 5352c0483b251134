"""Tags, as contacts and organisations carry them: each is added and removed by its own call."""

from __future__ import annotations

from collections.abc import Sequence

from instep.core.records import Write
from instep.sdk.request import Request


def tag_calls(place: str, write: Write) -> Sequence[Request]:
    """Return the calls that change the tags of the record at `place` by a difference.

    Whether TAGS in a PUT replace or merge is unknown (facts: apps 1.5): they are not sent there.
    Every one of these calls leaves the same state when it is sent twice.
    """
    return [
        Request(method, f"{place}/Tags", json={"TAG_NAME": tag}, repeatable=True)
        for method, words in (("POST", write.add), ("DELETE", write.remove))
        for tag in words.get("tags", ())
    ]
