"""The binding logic, on images of a few names."""

from __future__ import annotations

import pytest

from verify.links.bind import bind
from verify.links.image import Image, Reexport
from verify.links.manifest import image as described
from verify.links.manifest import kept, written

INTERNAL = "@rpath/_pywrap_tensorflow_internal.so"
CC = "@rpath/libtensorflow_cc.2.dylib"
FRAMEWORK = "@rpath/libtensorflow_framework.2.dylib"


def image(install_name: str, **exports: Reexport | None) -> Image:
    path = "tensorflow/" + install_name.rsplit("/", 1)[-1]
    return Image(path, install_name, exports=exports)


def plugin(*names: str, flat: tuple[str, ...] = (), library: str = INTERNAL) -> Image:
    needs = {library: names} if names else {}
    return Image("plugin", "plugin", libraries=tuple(needs), two_level=needs, flat=flat)


def test_a_two_level_symbol_comes_from_its_own_library_only() -> None:
    loaded = [image(INTERNAL, _a=None), image(CC, _b=None)]
    assert bind(plugin("_a"), loaded).links
    assert bind(plugin("_a", "_b"), loaded).symbols == ("_b",)


def test_a_flat_symbol_comes_from_any_loaded_image() -> None:
    loaded = [image(INTERNAL, _a=None), image(CC, _b=None)]
    assert bind(plugin(flat=("_a", "_b")), loaded).links
    assert bind(plugin(flat=("_a", "_c")), loaded).symbols == ("_c",)


def test_a_name_is_followed_through_every_re_export() -> None:
    internal = image(INTERNAL, _a=Reexport(CC, "_a"))
    cc = image(CC, _a=Reexport(FRAMEWORK, "_a"))
    assert bind(plugin("_a"), [internal, cc, image(FRAMEWORK, _a=None)]).links
    assert bind(plugin("_a"), [internal, cc, image(FRAMEWORK)]).symbols == ("_a",)
    assert bind(plugin("_a"), [internal, image(FRAMEWORK, _a=None)]).symbols == ("_a",)


def test_a_re_export_under_another_name_is_looked_up_under_that_name() -> None:
    internal = image(INTERNAL, _a=Reexport(CC, "_there"))
    assert bind(plugin("_a"), [internal, image(CC, _there=None)]).links
    assert bind(plugin("_a"), [internal, image(CC, _a=None)]).symbols == ("_a",)


def test_a_library_may_pass_on_another_whole() -> None:
    internal = Image("internal", INTERNAL, passes_on=(CC,))
    assert bind(plugin("_a"), [internal, image(CC, _a=None)]).links


def test_re_exports_in_a_circle_offer_nothing() -> None:
    loaded = [image(INTERNAL, _a=Reexport(CC, "_a")), image(CC, _a=Reexport(INTERNAL, "_a"))]
    assert bind(plugin("_a"), loaded).symbols == ("_a",)


def test_a_file_of_the_right_name_with_another_install_name_is_never_matched() -> None:
    there = Image(
        "tensorflow/python/_pywrap_tensorflow_internal.so",
        "bazel-out/lib__pywrap_tensorflow_16_shared_object.dylib",
        exports={"_a": None},
    )
    bound = bind(plugin("_a"), [there])
    assert bound.libraries == (INTERNAL,)
    assert not bound.links


def test_a_library_that_is_loaded_for_nothing_must_be_there_too() -> None:
    bare = Image("plugin", "plugin", libraries=(INTERNAL,))
    assert bind(bare, [image(CC)]).libraries == (INTERNAL,)


@pytest.mark.parametrize("library", ["/usr/lib/libobjc.A.dylib", "/System/Library/Metal"])
def test_what_macos_brings_is_not_asked_of_tensorflow(library: str) -> None:
    assert bind(plugin("_a", library=library), []).links
    assert bind(plugin(flat=("_objc_msgSend",)), []).links
    assert bind(plugin(flat=("_TF_NewStatus",)), []).symbols == ("_TF_NewStatus",)


def test_a_narrowed_image_keeps_what_its_names_are_called_elsewhere() -> None:
    internal = image(INTERNAL, _a=Reexport(CC, "_there"), _other=None)
    narrow = kept([internal, image(CC, _there=None, _more=None)], {"_a"})
    assert [set(one.exports) for one in narrow] == [{"_a"}, {"_there"}]
    assert bind(plugin("_a"), narrow).links


def test_an_image_is_read_as_it_was_written() -> None:
    needing = Image("p", "i", (CC,), (CC,), {"_a": None}, {CC: ("_a", "_b")}, ("_c",))
    passing = image(INTERNAL, _a=Reexport(CC, "_there"), _b=None)
    assert [described(written(one)) for one in (needing, passing)] == [needing, passing]
