"""Write the REST API's own description to docs/reference/openapi.json: python -m tools.openapi."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path

from instep.api.app import build
from instep.bootstrap import assemble
from instep.settings import Settings

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "openapi.json"


async def described() -> str:
    """Return the description as it is written: the same text for the same routes."""
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        settings = Settings(data_dir=place, database_url=f"sqlite:///{place / 'instep.db'}")
        async with assemble(settings, available={}) as instep:
            schema = build(instep, lambda: None).openapi()
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    PAGE.write_text(asyncio.run(described()))
