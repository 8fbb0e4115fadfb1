"""The bounds: room for another order of the sum, and for nothing that is wrong."""

from __future__ import annotations

import random
import struct

import pytest

from verify.onhost.tolerance import ROUNDING, roundings


def single(number: float) -> float:
    rounded: float = struct.unpack("f", struct.pack("f", number))[0]
    return rounded


def summed(terms: list[float]) -> float:
    """A sum in float32, from the first to the last."""
    total = 0.0
    for term in terms:
        total = single(total + term)
    return total


@pytest.mark.parametrize("count", [2, 10, 384, 5000])
def test_sums_in_any_order_lie_within_their_bound(count: int) -> None:
    generator = random.Random(count)
    products = [single(generator.uniform(-1, 1)) for _ in range(count)]
    bound = roundings(count, "float32") * sum(map(abs, products))
    for order in (products, sorted(products), sorted(products, key=abs), products[::-1]):
        assert abs(summed(order) - summed(products)) <= bound


@pytest.mark.parametrize("count", [10, 384, 5000])
def test_a_sum_that_lost_one_product_lies_beyond_its_bound(count: int) -> None:
    products = [1.0] * count
    assert roundings(count, "float32") * sum(products) < 1


def test_a_sum_of_few_products_is_held_to_the_worst_case() -> None:
    assert roundings(1, "float32") == 2 * 3 * ROUNDING["float32"]


def test_a_type_with_fewer_digits_has_more_room() -> None:
    assert roundings(64, "float32") < roundings(64, "float16") < roundings(64, "bfloat16")
