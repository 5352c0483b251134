"""One folder per app, everything of it inside. Here they are found.

Built-in connectors are the sub-packages of this one; others name a package in the entry point
group `instep.connectors`. Each exposes `connector`, and may have an `emulator` package that
exposes `build`. Adding an app therefore touches no file outside its folder.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING

from instep.core.errors import UserError
from instep.sdk.connector import Connector

if TYPE_CHECKING:
    from instep.sandbox import SandboxApp

GROUP = "instep.connectors"


def discover() -> dict[str, Connector]:
    """Return every connector there is, by name.

    Raises UserError that names the package when one cannot be loaded or takes a used name.
    """
    found: dict[str, Connector] = {}
    for package in packages():
        connector = _load(package).connector
        if connector.name in found:
            raise UserError(
                f"The package {package} brings a second connector called {connector.name}; "
                "uninstall one of the two."
            )
        found[connector.name] = connector
    return found


def emulators() -> dict[str, Callable[..., SandboxApp]]:
    """Return the builder of every emulator there is, by its connector's name.

    Raises UserError as `discover` does.
    """
    found: dict[str, Callable[..., SandboxApp]] = {}
    for package in packages():
        module = _load(package)
        if hasattr(module, "__path__") and find_spec(f"{package}.emulator"):
            found[module.connector.name] = _load(f"{package}.emulator", "build").build
    return found


def packages() -> Iterator[str]:
    """Yield the full names of the packages that hold a connector, built-in ones first."""
    yield from (f"{__name__}.{each.name}" for each in pkgutil.iter_modules(__path__) if each.ispkg)
    from importlib.metadata import entry_points  # noqa: PLC0415 - slow to load, and the client does without

    yield from sorted({each.module for each in entry_points(group=GROUP)})


def _load(package: str, exposes: str = "connector") -> ModuleType:
    try:
        module = import_module(package)
    except Exception as error:  # whatever a foreign package raises, say which one it was
        raise UserError(
            f"The connector package {package} does not load: {error}. Repair or uninstall it."
        ) from error
    if not hasattr(module, exposes):
        raise UserError(f"The connector package {package} does not expose {exposes!r}.")
    return module
