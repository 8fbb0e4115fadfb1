"""What is right once stays right."""

from __future__ import annotations

from verify.host.claims import claims

globals().update(claims("endurance"))
