"""Write the JSON Schema of a flow document to docs/reference: python -m tools.flow_schema."""

from __future__ import annotations

import json
from pathlib import Path

from instep.core.flow.schema import flow_schema

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "flow.schema.json"


def described() -> str:
    """Return the schema as it is written: the same text for the same form."""
    return json.dumps(flow_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PAGE.write_text(described())
