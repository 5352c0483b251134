"""The client's products as a type checker sees them: the stub beside this file is generated."""

from __future__ import annotations

from instep.connectors.gohighlevel.client.namespaces import Products
from instep.connectors.gohighlevel.client.namespaces import Products as BlockingProducts

__all__ = ["BlockingProducts", "Products"]
