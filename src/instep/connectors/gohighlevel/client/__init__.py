"""The Python client: `instep.GoHighLevel` and what belongs to it.

It is part of the connector, and speaks through the same sdk: one reading of refusals, one pacing,
one refresher.
"""

from __future__ import annotations
