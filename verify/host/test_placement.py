"""What is asked of the GPU runs there."""

from __future__ import annotations

from verify.host.claims import claims

globals().update(claims("placement"))
