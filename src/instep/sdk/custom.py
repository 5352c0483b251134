"""What custom fields are called: `custom.` and the name people gave them in their account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

PREFIX = "custom."


def named_apart(told: Sequence[tuple[str, str]]) -> list[str]:
    """Return a field name for each label and the app's own key of it.

    Labels that several fields share, whatever their letter case, get the key as well.
    """
    words = [" ".join(label.split()) or key for label, key in told]
    shared = Counter(word.casefold() for word in words)
    return [
        f"{PREFIX}{word}" if shared[word.casefold()] == 1 else f"{PREFIX}{word} ({key})"
        for word, (_, key) in zip(words, told, strict=True)
    ]
