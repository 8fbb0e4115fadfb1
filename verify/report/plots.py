"""What the checks' figures look like: charts as SVG, drawn on the controller.

Their colours are the page's own (CSS variables), so that they follow it into the dark; lines
differ by their dashes too, and points by their shapes.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import vl_convert

from verify.report.words import shown
from verify.verdict import Verdict

VEGA_LITE = "6.4"
LONGEST = 200
WIDTH = 230
THROUGHPUTS = {"matmul": "matrix multiplication, GFLOP/s", "conv": "convolution, images/s"}
LOOK: dict[str, Any] = {
    "background": None,
    "font": "inherit",
    "aria": False,
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--muted)",
        "titleColor": "var(--muted)",
        "titleFontWeight": "normal",
        "gridColor": "var(--line)",
        "domainColor": "var(--line)",
        "tickColor": "var(--line)",
        "tickCount": 5,
        "labelFontSize": 11,
        "titleFontSize": 11,
    },
    "header": {"labelColor": "var(--text)", "labelFontSize": 12, "labelFontWeight": "bold"},
    "legend": {
        "labelColor": "var(--text)",
        "orient": "top",
        "title": None,
        "labelFontSize": 12,
        "labelLimit": 0,
        "symbolSize": 90,
    },
    "title": {"color": "var(--text)", "fontSize": 13, "anchor": "start"},
}


@dataclasses.dataclass(frozen=True)
class Plot:
    """A chart: the picture, and the same in words and in a table for who does not see it."""

    title: str
    svg: str
    said: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclasses.dataclass(frozen=True)
class Speed:
    """One figure of the throughput: whose, on what, of which work."""

    mac: str
    chip: str
    on: str
    work: str
    speed: float


def numbers(value: object) -> list[float | None]:
    """What a list of figures holds, None for what is no number, evenly thinned out where long.

    A Mac's figures are untrusted: what is no list gives nothing.
    """
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    every = math.ceil(len(value) / LONGEST)
    return [one(item) for item in value[:: every or 1]]


def one(value: object) -> float | None:
    """The finite number that this is, or None."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def losses(mac: Verdict) -> Plot | None:
    """The loss of each model that trained on this Mac, epoch by epoch, GPU beside CPU."""
    places = {"loss_gpu": gpu_of(mac), "loss_cpu": cpu_of(mac)}
    curves: dict[tuple[str, str], list[float | None]] = {}
    for check in mac.checks:
        model = shown(check["id"]).partition(".")[2].removesuffix("_gpu").removesuffix("_cpu")
        for name, place in places.items():
            if curve := numbers(check["figures"].get(name)):
                curves[model, place] = curve
    rows = [
        {"model": model, "on": place, "epoch": epoch, "loss": loss}
        for (model, place), curve in curves.items()
        for epoch, loss in enumerate(curve, 1)
        if loss is not None
    ]
    if not rows:
        return None
    y, together = loss_axis([loss for curve in curves.values() for loss in curve if loss])
    spec = {
        "data": {"values": rows},
        "facet": {"field": "model", "type": "nominal", "title": None},
        "columns": 3,
        "spec": {
            "width": WIDTH,
            "height": 150,
            "mark": "line",
            "encoding": {
                "x": number("epoch", "epoch", grid=False, tickMinStep=1),
                "y": y,
                "color": word("on", places.values(), ("var(--gpu)", "var(--cpu)")),
                "strokeDash": word("on", places.values(), ([1, 0], [4, 4])),
                "strokeWidth": word("on", places.values(), (4, 2)),
            },
        },
        "resolve": {"scale": {"y": "shared" if together else "independent"}},
    }
    cells = tuple(
        (model, place, brief(curve[0]), brief(curve[-1]), str(len(curve)))
        for (model, place), curve in sorted(curves.items())
    )
    said = ". ".join(f"{row[0]} on the {row[1]}: from {row[2]} to {row[3]}" for row in cells)
    columns = ("model", "on", "first loss", "last loss", "epochs")
    return Plot(f"Loss per epoch on {mac.title}", svg(spec), said, columns, cells)


def loss_axis(values: Sequence[float]) -> tuple[dict[str, Any], bool]:
    """The axis of a loss, and whether all models share it: by powers of ten where it falls far."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    if low <= 0 or high / low < 30:
        return number("loss", "loss"), False
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = [float(10**power) for power in powers]
    scale = {"type": "log", "domain": [ticks[0], ticks[-1]]}
    return {**number("loss", "loss", values=ticks), "scale": scale}, True


def memory(mac: Verdict) -> Plot | None:
    """The memory that training took on this Mac while it went on and on."""
    rows = [
        {"minutes": second / 60, "MiB": mib}
        for check in mac.checks
        for second, mib in zip(
            numbers(check["figures"].get("seconds")),
            numbers(check["figures"].get("memory_mib")),
            strict=False,
        )
        if second is not None and mib is not None
    ]
    if not rows:
        return None
    spec = {
        "data": {"values": rows},
        "width": 2 * WIDTH,
        "height": 150,
        "mark": {"type": "line", "strokeWidth": 2, "color": "var(--gpu)"},
        "encoding": {
            "x": number("minutes", "minutes", grid=False),
            "y": number("MiB", "memory, MiB"),
        },
    }
    first, last, most = rows[0], rows[-1], max(row["MiB"] for row in rows)
    cells = (brief(first["MiB"]), brief(last["MiB"]), brief(most), brief(last["minutes"]))
    said = f"from {cells[0]} to {cells[1]} MiB in {cells[3]} minutes, {cells[2]} at most"
    columns = ("first MiB", "last MiB", "most MiB", "minutes")
    return Plot(f"Memory in the long run on {mac.title}", svg(spec), said, columns, (cells,))


def throughput(macs: Iterable[Verdict]) -> Plot | None:
    """What each Mac computes a second, by its chip, on the band that is known for the chip."""
    points: list[Speed] = []
    bands: dict[tuple[str, str], dict[str, str | float]] = {}
    for mac in macs:
        for check in mac.checks:
            figures = check["figures"]
            chip = shown(figures.get("chip") or mac.reading.get("chip", "unknown chip"))
            for work, unit in THROUGHPUTS.items():
                for name, place in (("gpu", gpu_of(mac)), ("cpu", cpu_of(mac))):
                    speed = one(figures.get(f"{work}_{name}"))
                    if speed is not None and speed > 0:
                        points.append(Speed(mac.title, chip, place, unit, speed))
                low, high = one(figures.get("reference_low")), one(figures.get("reference"))
                if f"{work}_gpu" in figures and low is not None and high is not None:
                    bands[chip, unit] = {"chip": chip, "low": low, "high": high}
    if not points:
        return None
    places = [place for place in PLACES if any(point.on == place for point in points)]
    panels = [
        panel(
            unit,
            [dataclasses.asdict(point) for point in points if point.work == unit],
            [band for (_, work), band in bands.items() if work == unit],
            places,
        )
        for unit in sorted({point.work for point in points})
    ]
    cells = tuple((each.mac, each.chip, each.on, each.work, brief(each.speed)) for each in points)
    said = f"{len(points)} figures of {len({point.mac for point in points})} Macs"
    if bands:
        said += f"; a band is known for {', '.join(sorted({chip for chip, _ in bands}))}"
    columns = ("Mac", "chip", "on", "what", "a second")
    spec = {"vconcat": panels, "resolve": {"scale": {"color": "shared", "shape": "shared"}}}
    return Plot("Throughput by chip", svg(spec), said, columns, cells)


def panel(
    unit: str,
    points: list[dict[str, Any]],
    bands: list[dict[str, str | float]],
    places: Sequence[str],
) -> dict[str, Any]:
    """One kind of work: a row for each chip, a point for each Mac, a bar where a band is known."""
    scale = {"type": "log", "nice": False, "padding": 14}
    chip = {"field": "chip", "type": "nominal", "title": None}
    axis = {"labelLimit": 160, "labelColor": "var(--text)", "grid": True}
    band = {
        "data": {"values": bands},
        "mark": {"type": "bar", "height": 20, "color": "var(--band)"},
        "encoding": {
            "x": {"field": "low", "type": "quantitative", "scale": scale},
            "x2": {"field": "high"},
            "y": chip,
        },
    }
    dots = {
        "data": {"values": points},
        "mark": {"type": "point", "filled": True, "size": 70, "opacity": 0.85},
        "encoding": {
            "x": {**number("speed", f"{unit} (logarithmic)"), "scale": scale},
            "y": {**chip, "axis": axis},
            "color": word("on", places, [PLACES[place][0] for place in places]),
            "shape": word("on", places, [PLACES[place][1] for place in places]),
        },
    }
    layers = [band, dots] if bands else [dots]
    return {"width": 520, "height": {"step": 30}, "layer": layers}


PLACES = {
    "GPU": ("var(--gpu)", "circle"),
    "CPU": ("var(--cpu)", "square"),
    "test GPU of a simulated Mac": ("var(--gpu)", "cross"),
    "CPU of a simulated Mac": ("var(--cpu)", "diamond"),
}


def gpu_of(mac: Verdict) -> str:
    """What a legend calls this Mac's GPU."""
    return "test GPU of a simulated Mac" if mac.simulated else "GPU"


def cpu_of(mac: Verdict) -> str:
    """What a legend calls this Mac's processor."""
    return "CPU of a simulated Mac" if mac.simulated else "CPU"


def number(field: str, title: str, **axis: object) -> dict[str, Any]:
    """A channel for numbers."""
    return {"field": field, "type": "quantitative", "title": title, "axis": axis}


def word(field: str, names: Iterable[str], values: Iterable[object]) -> dict[str, Any]:
    """A channel for words: the first value for the first name, and so on."""
    return {
        "field": field,
        "type": "nominal",
        "scale": {"domain": list(names), "range": list(values)},
    }


def svg(spec: Mapping[str, Any]) -> str:
    """The picture of a Vega-Lite chart."""
    whole = {**spec, "config": LOOK}
    return str(vl_convert.vegalite_to_svg(whole, VEGA_LITE, allowed_base_urls=[]))


def brief(value: float | None) -> str:
    """A number in four digits."""
    return "no number" if value is None else f"{value:.4g}"
