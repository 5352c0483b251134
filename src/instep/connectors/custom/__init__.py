"""Any REST app, described in a manifest. See docs/reference/manifest.md.

This connector itself is the blank manifest: it says what to describe. What you describe becomes a
connector of its own name.
"""
