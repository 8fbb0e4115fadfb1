"""What the on-host program is told, and what it refuses."""

from __future__ import annotations

import ast
import itertools
import json
import subprocess
import sys
from typing import Any

import pytest

from verify.onhost.catalogue import CHECKS, checks_for
from verify.onhost.expected import PROFILES, Expected
from verify.settings import PROJECT
from verify.unit.macs import expected


def test_what_is_expected_survives_the_way_to_the_mac() -> None:
    before = expected(lock={"tensorflow": "2.18.1"}, libraries=["/a b/'c'"])
    assert Expected.parse(before.dump()) == before
    assert before.dump().isascii()


def test_package_names_are_compared_as_indexes_compare_them() -> None:
    assert Expected.parse(expected(lock={"Opt_Einsum": "1"}).dump()).lock == {"opt-einsum": "1"}


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"gpu": "yes"}, "gpu must be true or false."),
        ({"timeout": 0}, "timeout must be a number of seconds above 0."),
        ({"timeout": "5"}, "timeout must be a number of seconds above 0."),
        ({"profile": "thorough"}, "profile must be one of smoke, standard, full, soak."),
        ({"soak_minutes": 0}, "soak_minutes must be a number of minutes above 0."),
        ({"lock": []}, "lock must be an object of names and versions."),
    ],
)
def test_an_odd_value_is_refused_in_a_sentence(other: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Expected.parse(expected(**other).dump())


def test_a_missing_or_unknown_field_is_named() -> None:
    fields = json.loads(expected().dump())
    del fields["pin"]
    with pytest.raises(ValueError, match="wrong fields: colour, pin"):
        Expected.parse(json.dumps({**fields, "colour": "blue"}))


@pytest.mark.parametrize("text", ["{", "[]", ""])
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="JSON"):
        Expected.parse(text)


def test_a_row_without_a_gpu_has_no_check_that_needs_one() -> None:
    families = {check.id for check in checks_for(expected(gpu=False))}
    assert "load.imports" in families
    assert "training.linear_cpu" in families
    assert not {name for name in families if "gpu" in name or name.startswith("numerics")}
    assert "training.placement" not in families


def test_a_profile_has_its_own_checks_and_those_of_the_smaller_ones() -> None:
    before: set[str] = set()
    for profile in PROFILES:
        ids = {check.id for check in checks_for(expected(profile=profile))}
        assert before <= ids
        before = ids
    assert "load.imports" in {check.id for check in checks_for(expected(profile="smoke"))}
    assert all(check.profile in PROFILES for check in CHECKS)


def test_what_a_check_needs_comes_before_it_on_every_row() -> None:
    for gpu, profile in itertools.product((True, False), PROFILES):
        before: set[str] = set()
        for check in checks_for(expected(gpu=gpu, profile=profile, libraries=["x"])):
            assert before.issuperset(check.needs), check.id
            before.add(check.id)


def test_after_a_gpu_that_does_not_open_tensorflow_is_asked_nothing() -> None:
    assert [check.id for check in CHECKS if check.poisons] == ["load.logical"]


def test_every_check_has_an_id_of_its_own_a_claim_a_cause_and_a_cure() -> None:
    assert len({check.id for check in CHECKS}) == len(CHECKS)
    assert all(check.claim and check.cause and check.cure for check in CHECKS)


def test_the_program_is_written_in_the_syntax_of_python_3_9() -> None:
    for source in (PROJECT / "verify" / "onhost").glob("*.py"):
        tree = ast.parse(source.read_text(), str(source), feature_version=(3, 9))
        first = [ast.unparse(node) for node in tree.body[1:2]]
        assert first in ([], ["from __future__ import annotations"]), source


def test_the_program_is_imported_where_there_is_no_tensorflow() -> None:
    blocked = "sys.modules.update(tensorflow=None, keras=None, numpy=None, yaml=None)"
    code = f"import sys; {blocked}; import verify.onhost.__main__"
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True)
