"""Values by template: `{{contact.first_name | title | default:"there"}}`. Closed, without code.

`parse` once, `render` often, `check` before anything runs.
"""

from __future__ import annotations

from instep.core.shapes import Kind, Shape, shape_of
from instep.core.template.checking import check
from instep.core.template.expressions import Expression, Template
from instep.core.template.mistakes import RenderRefused, TemplateError
from instep.core.template.reading import parse, parse_expression

__all__ = [
    "Expression",
    "Kind",
    "RenderRefused",
    "Shape",
    "Template",
    "TemplateError",
    "check",
    "parse",
    "parse_expression",
    "shape_of",
]
