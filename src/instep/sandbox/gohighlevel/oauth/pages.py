"""The frame of the pages a person sees in the browser."""

from __future__ import annotations

from html import escape

from starlette.responses import HTMLResponse, Response

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>body{{font:16px/1.5 system-ui;max-width:40rem;margin:4rem auto;padding:0 1rem}}
label{{display:block;padding:.3rem 0}}button{{font:inherit;padding:.5rem 1.5rem}}
input[type=url],textarea{{font:inherit;width:100%;box-sizing:border-box}}
code{{overflow-wrap:anywhere}}td{{padding:.3rem 1rem .3rem 0}}</style></head>
<body><h1>{title}</h1>{content}</body></html>"""


def page(title: str, content: str, status: int = 200) -> Response:
    """Return a page; `content` is HTML, `title` is text."""
    return HTMLResponse(_PAGE.format(title=escape(title), content=content), status)
