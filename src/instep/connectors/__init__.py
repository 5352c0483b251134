"""One folder per app, everything of it inside. Here they are found.

Built-in connectors are the sub-packages of this one; others name a package in the entry point
group `instep.connectors`. Each exposes `connector`, or describes its app in a `manifest.yaml`
beside it, and may have an `emulator` package that exposes `build`. Adding an app therefore touches
no file outside its folder. Manifests in a directory of the user's become connectors, too.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from instep.core.errors import UserError
from instep.sdk.connector import Connector

if TYPE_CHECKING:
    from instep.sandbox import SandboxApp

GROUP = "instep.connectors"
MANIFEST = "manifest.yaml"

_CUSTOM = f"{__name__}.custom"
_SUFFIXES = (".yaml", ".yml", ".json")


def discover(manifests: Path | None = None) -> dict[str, Connector]:
    """Return every connector there is, by name, those of the manifests in a directory included.

    A manifest that is not complete, or wrong, gives a connector that says so when it is used. It
    may take the name of a built-in template, which it completes. Raises UserError that names the
    package when one cannot be loaded, or the file or package that takes a used name.
    """
    return with_described(built_in(), {path: described(path) for path in manifest_files(manifests)})


def built_in() -> dict[str, Connector]:
    """Return the connectors that packages hold, by name. Raises UserError as `discover` does."""
    found: dict[str, Connector] = {}
    for package in packages():
        connector = connector_in(package)
        if connector is None:
            continue
        if connector.name in found:
            raise UserError(
                f"The package {package} brings a second connector called {connector.name}; "
                "uninstall one of the two."
            )
        found[connector.name] = connector
    return found


def with_described(
    found: Mapping[str, Connector], read: Mapping[Path, Connector]
) -> dict[str, Connector]:
    """Return the connectors found, with those that manifests describe, by the manifest's file.

    Raises UserError that names the file which takes a used name.
    """
    together = dict(found)
    completed: set[str] = set()
    for path, connector in read.items():
        known = found.get(connector.name)
        if connector.name in completed or (known is not None and not known.missing):
            raise UserError(
                f"The manifest {path} describes a second app called {connector.name}; give it "
                "another name under `app`, or take it away."
            )
        completed.add(connector.name)
        together[connector.name] = connector
    return together


def emulators(manifests: Path | None = None) -> dict[str, Callable[..., SandboxApp]]:
    """Return the builder of every emulator there is, by its connector's name.

    With a directory of manifests, each app that a complete one describes has one, too, and so has
    the example that ships with Instep. Raises UserError as `discover` does.
    """
    found: dict[str, Callable[..., SandboxApp]] = {}
    for package in packages():
        if package == _CUSTOM and manifests is None:
            continue
        module = _load(package)
        if hasattr(module, "__path__") and find_spec(f"{package}.emulator"):
            connector = connector_in(package)
            if connector is not None:
                found[connector.name] = _load(f"{package}.emulator", "build").build
    for path in manifest_files(manifests):
        app = described(path)
        if not app.missing:
            serve = _load(f"{_CUSTOM}.emulator", "serving").serving
            found[app.name] = partial(serve, path)
    return found


def packages() -> Iterator[str]:
    """Yield the full names of the packages that hold a connector, built-in ones first."""
    yield from (f"{__name__}.{each.name}" for each in pkgutil.iter_modules(__path__) if each.ispkg)
    from importlib.metadata import entry_points  # noqa: PLC0415 - slow to load, and the client does without

    yield from sorted({each.module for each in entry_points(group=GROUP)})


def manifest_files(folder: Path | None) -> list[Path]:
    """Return the manifests in a directory, in order; none if there is no such directory."""
    if folder is None or not folder.is_dir():
        return []
    return sorted(each for each in folder.iterdir() if each.suffix in _SUFFIXES)


def manifests(folder: Path | None) -> dict[str, Path]:
    """Return the manifest of each app that is described by one, by the connector's name."""
    built_in = [path for package in packages() if (path := manifest_of(package)) is not None]
    found = {_shipped(path).name: path for path in built_in}
    return found | {described(path).name: path for path in manifest_files(folder)}


def manifest_of(package: str) -> Path | None:
    """Return the manifest that describes a package's app, if one does."""
    file = import_module(package).__file__
    path = Path(file).with_name(MANIFEST) if file else None
    return path if path is not None and path.exists() else None


def connector_in(package: str) -> Connector | None:
    """Return a package's connector; None for a manifest where nothing is installed to read it."""
    module = _load(package)
    if not hasattr(module, "connector") and (path := manifest_of(package)) is not None:
        return _shipped(path) if find_spec(_CUSTOM) else None
    connector: Connector = _load(package, "connector").connector
    return connector


def described(path: Path) -> Connector:
    """Return what a manifest describes; one that cannot be used yet says so when it is."""
    built: Connector = _load(f"{_CUSTOM}.building", "connector_at").connector_at(path)
    return built


@cache
def _shipped(path: Path) -> Connector:
    """Return what a package's own manifest describes, which stays as the package's code does."""
    return described(path)


def _load(package: str, exposes: str = "") -> Any:
    try:
        module: ModuleType = import_module(package)
    except Exception as error:  # whatever a foreign package raises, say which one it was
        raise UserError(
            f"The connector package {package} does not load: {error}. Repair or uninstall it."
        ) from error
    if exposes and not hasattr(module, exposes):
        raise UserError(f"The connector package {package} does not expose {exposes!r}.")
    return module
