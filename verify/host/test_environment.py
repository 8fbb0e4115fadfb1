"""The environment is the planned one, whole, and its packages fit one another."""

from __future__ import annotations

from verify.host.claims import claims

globals().update(claims("environment"))
