"""The machine is as planned, and its Python is its own."""

from __future__ import annotations

from verify.host.claims import claims

globals().update(claims("machine"))
