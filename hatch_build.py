"""Put the built web app into the wheel (docs/adr/0033-the-web-app-is-in-the-wheel.md)."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildWebApp(BuildHookInterface):
    """Builds the web app where that is possible and not done yet."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the hook's signature
        """Build unless it is an editable install, or it lies there already (`make ui`, an sdist)."""
        web, dist = Path(self.root, "web"), Path(self.root, "src/instep/ui/dist")
        if version == "editable" or (dist / "index.html").is_file():
            return
        npm = shutil.which("npm")
        if npm is None:
            if os.environ.get("INSTEP_REQUIRE_UI"):
                raise RuntimeError(
                    "The web app is not built and npm was not found. Install Node.js 20.19 or "
                    "later, or build without INSTEP_REQUIRE_UI."
                )
            self.app.display_warning("npm was not found: building without the web app")
            return
        for words in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
            subprocess.run([npm, *words], cwd=web, check=True)  # noqa: S603 - fixed words
