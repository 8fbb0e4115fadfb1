"""The Mac is as fast as others of its kind."""

from __future__ import annotations

from verify.host.claims import claims

globals().update(claims("performance"))
