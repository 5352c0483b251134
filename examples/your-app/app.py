"""A small app of your own: people, their tasks and their notes, with a REST API and one SQLite file.

It knows nothing of Instep. `docs/tutorial-your-app.md` connects it to GoHighLevel by a manifest.
Run it: `python examples/your-app/app.py --port 8800 --key demo-key --data yourapp.db`.
"""

from __future__ import annotations

import argparse
import hmac
import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query
from fastapi.security import APIKeyHeader
from pydantic import BaseModel, ConfigDict, ValidationError

_TABLE = """
CREATE TABLE IF NOT EXISTS record (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, body TEXT NOT NULL,
    updated_at TEXT NOT NULL
)
"""
_AT_FIRST: tuple[tuple[str, dict[str, Any]], ...] = (
    ("contacts", {"given_name": "Ada", "surname": "Okafor", "mail": "ada@example.com"}),
    ("contacts", {"given_name": "Ben", "surname": "Marsh", "mail": "ben@example.com"}),
    ("contacts", {"given_name": "Cleo", "surname": "Novak", "mail": "cleo@example.com"}),
    ("contacts", {"given_name": "Dan", "surname": "Reyes", "mail": "dan@example.com"}),
    ("tasks", {"contact_id": 1, "subject": "Call Ada back", "due": "2030-01-07T15:00:00Z"}),
    ("notes", {"contact_id": 1, "text": "Ada prefers mornings."}),
)


class Contact(BaseModel):
    """A person. What a request leaves out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    given_name: str | None = None
    surname: str | None = None
    mail: str | None = None
    mobile: str | None = None
    town: str | None = None
    post_code: str | None = None
    born: date | None = None
    labels: list[str] = []


class Task(BaseModel):
    """Something to do for a person."""

    model_config = ConfigDict(extra="forbid")

    contact_id: int | None = None
    subject: str | None = None
    details: str | None = None
    due: datetime | None = None
    done: bool = False


class Note(BaseModel):
    """Something that was said about a person."""

    model_config = ConfigDict(extra="forbid")

    contact_id: int | None = None
    text: str | None = None


_KINDS: dict[str, type[BaseModel]] = {"contacts": Contact, "tasks": Task, "notes": Note}


class Shelf:
    """The records of all kinds, in one file. Every call opens it anew, so threads do not meet."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._do(_TABLE)

    def find(
        self, kind: str, since: str, wanted: dict[str, Any], size: int, page: int
    ) -> list[dict[str, Any]]:
        """Return a page of records that changed at `since` or later, in the order of their ids."""
        conditions = "".join(f" AND json_extract(body, '$.{name}') = ?" for name in wanted)
        return self._do(
            f"SELECT * FROM record WHERE kind = ? AND updated_at >= ?{conditions} "  # noqa: S608 - names of our own, values bound
            "ORDER BY id LIMIT ? OFFSET ?",
            (kind, since, *wanted.values(), size, size * (page - 1)),
        )

    def get(self, kind: str, record_id: int) -> dict[str, Any]:
        """Return one record. Raises HTTPException (404) if there is none."""
        found = self._do("SELECT * FROM record WHERE kind = ? AND id = ?", (kind, record_id))
        if not found:
            raise HTTPException(404, f"There is no {kind} {record_id}.")
        return found[0]

    def add(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        """Keep a new record and return it."""
        row = (kind, json.dumps(body), _now())
        sql = "INSERT INTO record (kind, body, updated_at) VALUES (?, ?, ?) RETURNING *"
        return self._do(sql, row)[0]

    def change(self, kind: str, record_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Change what `body` names and return the record."""
        kept = {**self.get(kind, record_id), **body}
        kept = {name: value for name, value in kept.items() if name not in ("id", "updated_at")}
        sql = "UPDATE record SET body = ?, updated_at = ? WHERE id = ? RETURNING *"
        return self._do(sql, (json.dumps(kept), _now(), record_id))[0]

    def remove(self, kind: str, record_id: int) -> None:
        """Delete one record."""
        self.get(kind, record_id)
        self._do("DELETE FROM record WHERE id = ?", (record_id,))

    def _do(self, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        connection = sqlite3.connect(self._file, timeout=10)
        connection.row_factory = sqlite3.Row
        try:
            with connection:
                rows = connection.execute(sql, values).fetchall()
        finally:
            connection.close()
        return [
            {"id": row["id"], **json.loads(row["body"]), "updated_at": row["updated_at"]}
            for row in rows
        ]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def build(shelf: Shelf, key: str) -> FastAPI:
    """Return the app: three kinds of records behind one key."""

    def check(sent: Annotated[str | None, Depends(_header)]) -> None:
        if sent is None or not hmac.compare_digest(sent.encode(), key.encode()):
            raise HTTPException(401, "The key in X-Api-Key is missing or wrong.")

    app = FastAPI(title="Your app", dependencies=[Depends(check)])

    @app.get("/me")
    def me() -> dict[str, str]:
        return {"account": "Your app"}

    for kind, model in _KINDS.items():
        app.include_router(_routes(shelf, kind, model))
    return app


_header = APIKeyHeader(name="X-Api-Key", auto_error=False)


def _routes(shelf: Shelf, kind: str, model: type[BaseModel]) -> APIRouter:
    routes = APIRouter(prefix=f"/{kind}", tags=[kind])

    @routes.get("")
    def find(
        page: Annotated[int, Query(ge=1)] = 1,
        per_page: Annotated[int, Query(ge=1, le=100)] = 50,
        updated_since: str = "",
        contact_id: int | None = None,
        mail: str | None = None,
    ) -> dict[str, Any]:
        asked = {"contact_id": contact_id, "mail": mail}
        wanted = {name: value for name, value in asked.items() if value is not None}
        return {"data": shelf.find(kind, updated_since, wanted, per_page, page), "page": page}

    @routes.get("/{record_id}")
    def get(record_id: int) -> dict[str, Any]:
        return shelf.get(kind, record_id)

    @routes.post("", status_code=201)
    def add(body: dict[str, Any]) -> dict[str, Any]:
        return shelf.add(kind, _checked(model, body).model_dump(mode="json"))

    @routes.patch("/{record_id}")
    def change(record_id: int, body: dict[str, Any]) -> dict[str, Any]:
        named = _checked(model, body).model_dump(mode="json", exclude_unset=True)
        return shelf.change(kind, record_id, named)

    @routes.delete("/{record_id}", status_code=204)
    def remove(record_id: int) -> None:
        shelf.remove(kind, record_id)

    return routes


def _checked(model: type[BaseModel], body: dict[str, Any]) -> BaseModel:
    try:
        return model.model_validate(body)
    except ValidationError as error:
        wrong = "; ".join(f"{each['loc'][0]}: {each['msg']}" for each in error.errors())
        raise HTTPException(422, wrong) from None


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description="A small app of your own, with a REST API.")
    parser.add_argument("--port", type=int, default=8800)
    parser.add_argument("--key", default="demo-key", help="what X-Api-Key has to hold")
    parser.add_argument("--data", type=Path, default=Path("yourapp.db"), help="its SQLite file")
    given = parser.parse_args()
    shelf = Shelf(given.data)
    if not shelf.find("contacts", "", {}, 1, 1):
        for kind, each in _AT_FIRST:
            shelf.add(kind, _KINDS[kind].model_validate(each).model_dump(mode="json"))
    uvicorn.run(build(shelf, given.key), host="127.0.0.1", port=given.port, log_level="warning")


if __name__ == "__main__":
    main()
