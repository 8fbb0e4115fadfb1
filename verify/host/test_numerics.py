"""The GPU computes what the CPU computes."""

from __future__ import annotations

from verify.host.claims import claims

globals().update(claims("numerics"))
