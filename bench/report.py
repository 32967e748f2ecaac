"""The figures as a table for people, with what each should be."""

from collections.abc import Iterator, Mapping
from typing import Any

from bench.pages import (
    BYTES_AN_ENTRY,
    COPY_SHARE,
    IMPORT_MB,
    IMPORT_TODAY_ROWS,
    PAGES,
    POST,
    SAME_ROWS_RATIO,
    SLOWEST_FLOOR_MS,
    WEB_MB,
    Measured,
)
from bench.timing import Timing

HEADINGS = (
    f"{'':<28}{'ms':>8}{'floor':>7}{'× floor':>9}{'aim':>7}{'today':>8}{'faster':>8}"
    f"{'CPU app':>9}{'db':>6}{'floor':>7}{'8 clients/s':>13}"
)


def table_of(size: str, found: Mapping[str, Any]) -> str:
    """One size: a line a page, then what was imported and held."""
    timings: Mapping[str, Timing] = found["pages"]
    lines = ["", f"{size} data, load {found['load']:.1f}", HEADINGS]
    lines += [_line(page, timings[page.name]) for page in (*PAGES, POST)]
    return "\n".join([*lines, *_sums(found)])


def _line(page: Measured, timing: Timing) -> str:
    aim = f"{page.times_floor:g}" if page.times_floor else ""
    today = f"{page.today_ms:g}" if page.today_ms else ""
    faster = f"{page.today_ms / timing.ms:.1f}" if page.today_ms else ""
    missed = "  missed" if page.times_floor and timing.times_floor > page.times_floor else ""
    void = "  floor too slow" if timing.floor_ms > SLOWEST_FLOOR_MS and page is not POST else ""
    return (
        f"{page.name:<28}{timing.ms:>8.1f}{timing.floor_ms:>7.2f}{timing.times_floor:>9.1f}{aim:>7}{today:>8}{faster:>8}"
        f"{timing.cpu_app_ms:>9.1f}{timing.cpu_database_ms:>6.1f}{timing.floor_cpu_ms:>7.1f}{timing.a_second:>13.0f}"
        f"{missed}{void}"
    )


def _sums(found: Mapping[str, Any]) -> Iterator[str]:
    share = found["import_rows_a_second"] / found["copy_rows_a_second"]
    missed = "" if share >= COPY_SHARE else "  missed"
    yield ""
    yield (
        f"import          {found['import_rows_a_second']:>10,.0f} rows/s, 1/{1 / share:.1f} of COPY's "
        f"{found['copy_rows_a_second']:,.0f}; aim 1/{1 / COPY_SHARE:.0f}{missed}"
    )
    month = found["month_rows_a_second"]
    times = month / IMPORT_TODAY_ROWS
    yield f"a month’s sheet {month:>10,.0f} rows/s; today {IMPORT_TODAY_ROWS}, so {times:,.0f} times faster"
    for name, key, most in (
        ("web worker", "web_mb", WEB_MB),
        ("import", "import_mb", IMPORT_MB),
        ("time entry", "bytes_an_entry", BYTES_AN_ENTRY),
    ):
        unit = "bytes" if key == "bytes_an_entry" else "MB"
        missed = "  missed" if found[key] > most else ""
        yield f"{name:<16}{found[key]:>10,.0f} {unit}; at most {most}{missed}"


def compared(small: Mapping[str, Any], large: Mapping[str, Any]) -> str:
    """Pages with equally many rows on both sizes: what a lot of data costs those who read little of them."""
    lines = ["", f"Equal rows, large against small, each by its floor; at most {SAME_ROWS_RATIO}"]
    for page in PAGES:
        if page.same_rows:
            ratio = large["pages"][page.name].times_floor / small["pages"][page.name].times_floor
            lines.append(f"{page.name:<28}{ratio:>8.2f}{'  missed' if ratio > SAME_ROWS_RATIO else ''}")
    return "\n".join(lines)
