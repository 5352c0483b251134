"""Links between records: each is seen from the record it was made on."""

from __future__ import annotations

from collections.abc import Sequence

from instep.sandbox.state import Collection, Document, State

_FIRST_ID = 700_000_001


class Links:
    """The links of one instance. A link leads from its source (OBJECT) to its target."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._links = Collection(
            state,
            "links",
            {
                "source": lambda link: link["OBJECT_NAME"],
                "source_id": lambda link: link["OBJECT_ID"],
                "target": lambda link: link["LINK_OBJECT_NAME"],
                "target_id": lambda link: link["LINK_OBJECT_ID"],
            },
            indexes=("source, source_id", "target, target_id"),
        )

    def add(self, source: tuple[str, int], target: tuple[str, int], sent: Document) -> Document:
        """Make a link; one that is there already is answered as it is (assumed)."""
        known = self.between(source, target)
        if known is not None:
            return known
        number: int = self._state.kept("next_link_id", lambda: _FIRST_ID)
        self._state.keep("next_link_id", number + 1)
        link: Document = {name: sent.get(name) for name in ("ROLE", "DETAILS", "RELATIONSHIP_ID")}
        link |= {"LINK_ID": number, "OBJECT_NAME": source[0], "OBJECT_ID": source[1]}
        link |= {"LINK_OBJECT_NAME": target[0], "LINK_OBJECT_ID": target[1], "IS_FORWARD": True}
        self._links.put(number, link)
        return link

    def between(self, source: tuple[str, int], target: tuple[str, int]) -> Document | None:
        """Return the link from one record to another, or None."""
        condition = "source = ? AND source_id = ? AND target = ? AND target_id = ?"
        return self._links.first(condition, (*source, *target))

    def of(self, source: tuple[str, int]) -> list[Document]:
        """Return the links made on one record, oldest first."""
        return self._links.find("source = ? AND source_id = ?", source)

    def to(self, target: tuple[str, int]) -> list[Document]:
        """Return the links that lead to one record."""
        return self._links.find("target = ? AND target_id = ?", target)

    def get(self, number: int) -> Document | None:
        """Return one link, or None."""
        return self._links.get(number)

    def count(self) -> int:
        """Return how many links there are."""
        return self._links.count()

    def remove(self, links: Sequence[Document]) -> None:
        """Remove links."""
        for link in links:
            self._links.delete(link["LINK_ID"])
