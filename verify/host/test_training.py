"""Models train, on the CPU and on the GPU."""

from __future__ import annotations

from verify.host.claims import claims

globals().update(claims("training"))
