"""What every location begins with: those there are, and each that is added later."""

from __future__ import annotations

from collections.abc import Callable

from instep.sandbox.gohighlevel.company import Location
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.services import Services


def plant(services: Services, name: str, seed: Callable[[Location], None]) -> None:
    """Call `seed` with every location, once per data directory; later ones when they are added.

    `name` is what is planted ("pipelines"). A part calls this in its `__init__`.
    """

    def once(location: Location) -> None:
        def make() -> bool:
            seed(location)
            return True

        services.state.kept(f"{name} of {location['id']}", make)

    with services.state.transaction():
        for location in services.company.locations.values():
            once(location)
    services.lifecycle.follow("location", Stage.ADDED, once)
