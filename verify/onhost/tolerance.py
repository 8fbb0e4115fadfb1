"""How far apart two right answers may lie.

A GPU adds in another order than a CPU, keeps products unrounded or not, flushes
what is smaller than 2**-126 to zero and has its own exp and division. A bound
has room for all of that and for nothing more, so that what lies beyond is wrong.
"""

from __future__ import annotations

import math

# Half the distance from 1 to the next number.
ROUNDING = {"float32": 2.0**-24, "float16": 2.0**-11, "bfloat16": 2.0**-8}
# Sums of k rounded products are off by more than 8 sqrt(k) roundings of the sum of their absolute
# values once in 10**13 (Higham and Mary 2019, A New Approach to Probabilistic Rounding Error
# Analysis). A GPU that is asked for halves adds in float32, and rounds once or twice.
LIKELY = {"float32": 8.0, "float16": 2.0, "bfloat16": 2.0}
# A Winograd convolution adds and subtracts whole tiles before it multiplies: in F(4x4, 3x3) that
# costs about ten times the direct method's error (Lavin and Gray 2016), spread over the tile.
WINOGRAD = {"float32": 16.0, "float16": 2.0, "bfloat16": 2.0}
# Metal's fast exp, log, tanh, pow and division are off by a few units in the last place, relative
# to a result or, near a zero, to the argument; ours are compared with ten times that room.
FAST = {"float32": 1e-5, "float16": 8 * 2.0**-11, "bfloat16": 8 * 2.0**-8}


def roundings(terms: int, dtype: str) -> float:
    """How far apart two sums of `terms` products may lie, as a share of their absolute sum."""
    most = min(LIKELY[dtype] * math.sqrt(terms) + 2, terms + 2.0)
    return 2 * most * ROUNDING[dtype]
