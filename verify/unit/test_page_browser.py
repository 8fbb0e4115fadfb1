"""The report's page as a browser shows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from verify.report import page
from verify.report.fleet import Fleet
from verify.unit.browser import Browser, opened
from verify.unit.fleets import fleet
from verify.unit.macs import line, verdict

pytestmark = pytest.mark.browser
FORTY = fleet(40)
LOUD = "<script>document.title='taken'</script><img src=https://outside.example/x onerror=alert(1)>"


@pytest.fixture(scope="module")
def forty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    report = tmp_path_factory.mktemp("forty")
    page.save(FORTY, report)
    with opened(report / "fleet.html") as browser:
        yield browser


@pytest.fixture
def fresh(forty: Browser) -> Browser:
    forty.open()
    return forty


def named(verdict: str) -> list[str]:
    return [mac.name for mac in FORTY.macs if mac.verdict == verdict]


def test_it_opens_without_an_error_or_a_request(fresh: Browser) -> None:
    fresh.all_open()
    assert fresh.errors() == []
    outside = [url for url in fresh.requests() if not url.startswith(("file:", "data:"))]
    assert outside == []


def test_what_a_mac_says_is_text_and_nothing_else(tmp_path: Path) -> None:
    reading = {"chip": LOUD, "macos": LOUD, "machine": LOUD, "links": {}, "environments": []}
    figures = {"chip": LOUD, "matmul_gpu": 5.0, "loss_gpu": [2.0, 1.0]}
    loud = line("fail", "training.x", figures=figures, evidence=LOUD, measured=LOUD, cause=LOUD)
    mac = verdict("m1", "fail", loud, reading=reading, pin=LOUD, versions={LOUD: LOUD})
    page.save(Fleet("now", (mac,)), tmp_path)
    with opened(tmp_path / "fleet.html") as browser:
        browser.all_open()
        assert browser.errors() == []
        assert browser.ask("document.title").startswith("1 of 1 Mac is wrong")
        assert browser.ask("document.querySelectorAll('img').length") == 0
        assert browser.ask("document.querySelectorAll('script').length") == 1
        assert LOUD in browser.ask("document.querySelector('.fault dd').textContent")
        assert [url for url in browser.requests() if not url.startswith(("file", "data"))] == []


def test_the_worst_come_first_and_another_order_can_be_chosen(fresh: Browser) -> None:
    order = [*named("fail"), *named("inconclusive"), *named("unreachable"), *named("pass")]
    assert fresh.shown() == order
    Select(fresh.chrome.find_element(By.ID, "sort")).select_by_visible_text("name")
    assert fresh.shown() == sorted(order)
    Select(fresh.chrome.find_element(By.ID, "sort")).select_by_visible_text("macOS")
    systems = {mac.name: mac.reading.get("macos", "0") for mac in FORTY.macs}
    shown = [tuple(map(int, systems[name].split("."))) for name in fresh.shown()]
    assert shown == sorted(shown, reverse=True)


def test_a_count_shows_its_macs_alone_in_the_list_and_in_the_map(fresh: Browser) -> None:
    fresh.chrome.find_element(By.CSS_SELECTOR, ".tile.fail").click()
    assert fresh.shown() == named("fail")
    rows = fresh.ask(
        "Array.from(document.querySelectorAll('.map tbody tr'))"
        ".filter(row => row.checkVisibility()).length"
    )
    assert rows == len(named("fail"))
    said = fresh.chrome.find_element(By.CSS_SELECTOR, "[role=status]").text
    assert said == f"Showing {rows} of 40 Macs."
    fresh.chrome.find_element(By.ID, "clear").click()
    assert len(fresh.shown()) == 40


def test_words_narrow_the_list(fresh: Browser) -> None:
    fresh.chrome.find_element(By.ID, "find").send_keys("apple M3 26.1")
    meant = {
        mac.name
        for mac in FORTY.macs
        if mac.reading.get("chip") == "Apple M3 Max" and mac.reading["macos"] == "26.1"
    }
    assert meant
    assert set(fresh.shown()) == meant


def test_simulated_macs_can_be_shown_alone(fresh: Browser) -> None:
    Select(fresh.chrome.find_element(By.ID, "kind")).select_by_value("simulated")
    assert set(fresh.shown()) == {mac.name for mac in FORTY.macs if mac.simulated}


def test_a_link_opens_the_mac_it_leads_to(fresh: Browser) -> None:
    link = fresh.chrome.find_element(By.CSS_SELECTOR, ".faults dd a")
    link.send_keys(Keys.ENTER)
    name = link.text
    assert fresh.ask(f"document.querySelector('[id=\"mac-{name}\"] details').open") is True


def test_a_mac_is_opened_by_the_keyboard(fresh: Browser) -> None:
    summary = fresh.chrome.find_element(By.CSS_SELECTOR, "#macs-list summary")
    summary.send_keys(Keys.ENTER)
    assert fresh.ask("document.querySelector('#macs-list details').open") is True


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_accessible_by_day_and_by_night(tmp_path: Path, theme: str) -> None:
    page.save(fleet(6, simulated=0.5), tmp_path)
    with opened(tmp_path / "fleet.html") as browser:
        browser.open(theme=theme)
        back = browser.ask("getComputedStyle(document.documentElement).backgroundColor")
        assert (back == "rgb(20, 22, 26)") is (theme == "dark")
        browser.all_open()
        assert browser.violations() == []


def test_the_colours_can_be_chosen(fresh: Browser) -> None:
    Select(fresh.chrome.find_element(By.ID, "theme")).select_by_value("dark")
    dark = fresh.ask("getComputedStyle(document.documentElement).backgroundColor")
    Select(fresh.chrome.find_element(By.ID, "theme")).select_by_value("")
    assert dark == "rgb(20, 22, 26)"


@pytest.mark.parametrize("width", [320, 390, 768])
def test_a_narrow_window_is_never_wider_than_it_is(forty: Browser, width: int) -> None:
    forty.open(width=width)
    forty.all_open()
    assert forty.ask("document.documentElement.scrollWidth") <= width
    tallest = forty.ask(
        "Math.max(...Array.from("
        "document.querySelectorAll('.mac > details > summary'), one => one.offsetHeight))"
    )
    assert tallest < 260


def test_every_status_is_a_word_or_has_one(fresh: Browser) -> None:
    fresh.all_open()
    marks = fresh.ask(
        "Array.from(document.querySelectorAll('.mark:not(.none)'))"
        ".map(mark => mark.parentNode.textContent.trim())"
    )
    known = ("failed", "passed", "warning", "not ", "wrong", "right")
    assert len(marks) > 1000
    assert [text for text in marks if not any(word in text for word in known)] == []


def test_forty_macs_are_a_page_small_enough_to_be_sent(fresh: Browser) -> None:
    assert fresh.page.stat().st_size < 2_500_000


def test_no_two_parts_have_the_same_id(fresh: Browser) -> None:
    ids = fresh.ask("Array.from(document.querySelectorAll('[id]')).map(one => one.id)")
    assert sorted(ids) == sorted(set(ids))
