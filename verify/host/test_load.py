"""TensorFlow imports, and its GPU is listed and opens."""

from __future__ import annotations

from verify.host.claims import claims

globals().update(claims("load"))
