"""The report's page: what it says of which fleet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from verify.report import history, page, view
from verify.report.fleet import Fleet, missing
from verify.unit.fleets import fleet
from verify.unit.macs import READING, line, verdict
from verify.verdict import Verdict


def told(report: Path, *macs: Verdict) -> str:
    page.save(Fleet("2026-11-21T10:35:00+00:00", macs), report)
    return (report / "fleet.html").read_text()


def title(text: str) -> str:
    found = re.search("<title>(.*)</title>", text)
    assert found
    return found[1]


def test_where_all_macs_are_simulated_the_title_says_so(tmp_path: Path) -> None:
    text = told(tmp_path, verdict("m1"), verdict("m2"))
    assert title(text) == "All 2 Macs are right, all simulated: TensorFlow on the fleet"
    assert "Every Mac here is simulated" in " ".join(text.split())


def test_a_mac_that_never_answered_does_not_hide_that_the_others_are_simulated(
    tmp_path: Path,
) -> None:
    text = told(tmp_path, verdict("m1"), missing("m2"))
    assert title(text).endswith(", all simulated: TensorFlow on the fleet")
    assert "Every Mac that answered is simulated." in " ".join(text.split())
    text = told(tmp_path, verdict("m1"), missing("m2"), verdict("m3", simulated=False))
    assert "simulated" not in title(text)
    assert "1 of 3 Macs is simulated." in " ".join(text.split())


def test_where_no_mac_is_simulated_nothing_says_so(tmp_path: Path) -> None:
    figures = {"loss_gpu": [2.0, 1.0], "matmul_gpu": 100.0}
    real = {**READING, "simulated": False}
    text = told(
        tmp_path, verdict("m1", "pass", line(figures=figures), simulated=False, reading=real)
    )
    assert "<svg" in text
    assert "simulated" not in text.partition("</style>")[2].partition("<script>")[0]


def test_a_simulated_mac_is_called_so_wherever_it_is_named(tmp_path: Path) -> None:
    history.keep(tmp_path, Fleet("monday", (verdict("m1"),)))
    history.turn(tmp_path, ["m1"])
    text = told(tmp_path, verdict("m1", "fail", line("fail")))
    body = text[text.index("<main>") :]
    assert body.count(">m1<") == 3
    assert body.count('>m1</a> <span class="tag">simulated</span>') == 3
    assert '<h3 class="who">m1 <span class="tag">simulated</span></h3>' in body


def test_a_simulated_mac_is_called_so_in_its_plots(tmp_path: Path) -> None:
    figures = {"loss_gpu": [2.0, 1.0], "loss_cpu": [2.0, 1.0], "matmul_gpu": 9.0, "chip": "M1"}
    figures |= {"seconds": [0, 60], "memory_mib": [500, 510]}
    pictures = re.findall(
        "<svg.*?</svg>", told(tmp_path, verdict("m1", "pass", line(figures=figures)))
    )
    assert len(pictures) == 3
    assert "test GPU of a simulated Mac" in pictures[0]
    assert "CPU of a simulated Mac" in pictures[0]
    assert "test GPU of a simulated Mac" in pictures[2]


def test_a_fault_says_cause_and_cure_before_anything_else_of_its_mac(tmp_path: Path) -> None:
    bad = line("fail", "a.b", cause="THE CAUSE", cure="THE CURE", evidence="dyld: no")
    text = told(tmp_path, verdict("m1", "fail", line("pass", "c.d"), bad))
    card = text[text.index('<li id="mac-m1"') :]
    places = [card.index(word) for word in ("THE CAUSE", "THE CURE", "What it is", "All 2 checks")]
    assert places == sorted(places)
    assert "dyld: no" in card


def test_a_fault_says_when_its_check_last_passed(tmp_path: Path) -> None:
    history.keep(tmp_path, Fleet("2026-11-19T08:00:00+00:00", (verdict("m1"),)))
    text = told(tmp_path, verdict("m1", "fail", line("fail")))
    assert "2026-11-19 08:00 UTC" in text


def test_macs_with_the_same_cause_are_one_fault(tmp_path: Path) -> None:
    macs = [verdict(f"m{number}", "fail", line("fail", "a.b")) for number in range(3)]
    other = verdict("m9", "fail", line("fail", "a.b", cause="another"))
    found = view.faults(Fleet("now", (*macs, other)))
    assert [(fault.check["cause"], fault.macs) for fault in found] == [
        ("a cause", ("m0", "m1", "m2")),
        ("another", ("m9",)),
    ]


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        ([], "There is no Mac in this report"),
        (["pass"], "The one Mac is right"),
        (["pass", "pass"], "All 2 Macs are right"),
        (["fail", "pass"], "1 of 2 Macs is wrong"),
        (["fail", "fail", "unreachable"], "2 of 3 Macs are wrong, 1 not reached"),
        (["unreachable"], "1 of 1 Mac is not reached"),
    ],
)
def test_the_headline_says_how_the_fleet_is(outcomes: list[str], said: str, tmp_path: Path) -> None:
    macs = tuple(
        verdict(f"m{number}", each, line({"unreachable": "not run"}.get(each, each)))  # type: ignore[arg-type]
        for number, each in enumerate(outcomes)
    )
    assert view.headline(Fleet("now", macs)) == said
    assert said in told(tmp_path, *macs)


def test_a_warning_leaves_its_mac_right_and_is_told(tmp_path: Path) -> None:
    text = told(tmp_path, verdict("m1", "pass", line(), line("warn", "performance.matmul")))
    assert "The one Mac is right" in text
    assert "1 of 2 passed, 1 warning" in text
    assert "a cure" in text


def test_a_large_fleet_has_all_of_its_wrong_macs_and_a_line_for_each_right_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "DETAILED", 30)
    macs = fleet(40).macs
    page.save(Fleet("now", macs), tmp_path)
    text = (tmp_path / "fleet.html").read_text()
    wrong = [mac for mac in macs if mac.verdict == "fail"]
    assert text.count("<h4>What it is</h4>") == sum(bool(mac.reading) for mac in macs)
    assert text.count(", with what each measured and took") == len(wrong)
    assert "The Macs that are right are left out" in text


def test_control_characters_and_half_characters_do_not_break_it(tmp_path: Path) -> None:
    text = told(
        tmp_path, verdict("m1", "fail", line("fail", measured="a\x1b[31m\x00\ud800\u202eb"))
    )
    assert "a\ufffd[31m\ufffd\ufffd\ufffdb" in text


@pytest.mark.parametrize(
    "figures",
    [
        {"loss_gpu": "no list", "loss_cpu": 3},
        {"loss_gpu": ["NaN", None, [], {}]},
        {"matmul_gpu": "fast", "conv_gpu": -1, "matmul_cpu": 10**400},
        {"matmul_gpu": True, "seconds": [1, 2], "memory_mib": []},
    ],
)
def test_figures_that_are_none_draw_nothing(tmp_path: Path, figures: dict[str, object]) -> None:
    assert "<svg" not in told(tmp_path, verdict("m1", "pass", line(figures=figures)))


def test_a_loss_that_ends_in_no_number_says_so(tmp_path: Path) -> None:
    figures = {"loss_gpu": [2.0, 1.0, "NaN"]}
    text = told(tmp_path, verdict("m1", "fail", line("fail", "training.x_gpu", figures=figures)))
    assert "from 2 to no number" in text


def test_a_command_is_one_to_copy_and_a_path_breaks_after_a_slash(tmp_path: Path) -> None:
    bad = line("fail", cure="Run `bin/site --limit m1`.", measured="</opt/tensorflow> is gone")
    text = told(tmp_path, verdict("m1", "fail", bad))
    assert "Run <code>bin/<wbr>site --limit m1</code>." in text
    assert "&lt;/<wbr>opt/<wbr>tensorflow&gt; is gone" in text
