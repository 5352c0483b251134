"""What the forms of recipes have in common: how strictly they are read, and their kinds of text."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Kebab = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Sentence = Annotated[str, StringConstraints(pattern=r"^[A-Z].*[.?]$", min_length=10)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]*$")]


class Form(BaseModel):
    """What is written in a file: nothing that is not known, and it stays as it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)
