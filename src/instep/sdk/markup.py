"""Text that an app keeps as HTML: plain lines for people out of it, and back. Slow to load."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Any

import nh3
from markdownify import MarkdownConverter

_MARKUP = re.compile(r"<[a-zA-Z/!?]")
_ANY_TAG = re.compile(r"<[^>]*>")
_HEADINGS = {f"h{level}" for level in range(1, 7)}
_BLOCKS = {"p", "div", "br", "ul", "ol", "li", "blockquote", "pre", *_HEADINGS}
_TABLES = {"table", "thead", "tbody", "tr", "td", "th"}


def html_of(text: str) -> str:
    """Return lines as HTML: a paragraph for each stretch without an empty line, nothing lost."""
    paragraphs: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            paragraphs[-1].append(escape(line, quote=False))
        elif paragraphs[-1]:
            paragraphs.append([])
    return "".join(f"<p>{'<br>'.join(lines)}</p>" for lines in paragraphs if lines)


def text_of(html: str) -> str:
    """Return HTML as plain lines: lists with dashes, links with their address, no markup.

    What holds no tag at all was never HTML: its lines are kept as they are.
    """
    html = html.encode(errors="ignore").decode()  # half characters cannot be cleaned
    if not _MARKUP.search(html):
        return unescape(html)
    clean = nh3.clean(
        html,
        tags={"a", *_BLOCKS, *_TABLES},
        attributes={"a": {"href"}, "ol": {"start"}},
        clean_content_tags={"script", "style"},
        link_rel=None,
    )
    try:
        return str(_Lines().convert(clean))
    except RecursionError:  # markup within markup, hundreds deep: its words are what is left
        return unescape(_ANY_TAG.sub(" ", clean))


class _Lines(MarkdownConverter):
    """Writes lines instead of Markdown: what a person would type who had no buttons."""

    class Options:
        """Source lines are blanks, as browsers take them; nothing is escaped."""

        bullets = "-"
        wrap = True
        wrap_width = None
        escape_asterisks = False
        escape_underscores = False

    def convert_a(self, el: Any, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002 - the library's signature
        """Name the address behind the words of a link, unless the words are the address."""
        words, address = text.strip(), str(el.get("href") or "")
        told = not address or words in {"", address, address.removeprefix("mailto:")}
        return (words or address) if told else f"{words} ({address})"

    def convert_br(self, el: Any, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002 - as above
        """Break the line."""
        return " " if "_inline" in parent_tags else "\n"

    def convert_div(self, el: Any, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002 - as above
        """Give it lines of its own, as editors mean it, without an empty one in between."""
        return f" {text.strip()} " if "_inline" in parent_tags else f"\n{text.strip()}\n"

    def convert_hN(self, n: int, el: Any, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002, N802 - as above
        """Set a heading apart by empty lines."""
        return text if "_inline" in parent_tags else f"\n\n{' '.join(text.split())}\n\n"

    def convert_blockquote(self, el: Any, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002 - as above
        """Set a quotation apart by empty lines."""
        return f" {text.strip()} " if "_inline" in parent_tags else f"\n\n{text.strip()}\n\n"

    convert_pre = convert_blockquote
    convert_table = convert_blockquote

    def convert_tr(self, el: Any, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002 - as above
        """Give each row a line."""
        return f"{text.strip(' |')}\n"

    def convert_td(self, el: Any, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002 - as above
        """Keep the cells of a row apart."""
        return f"{' '.join(text.split())} | "

    convert_th = convert_td
