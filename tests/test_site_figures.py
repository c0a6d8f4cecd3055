"""Intervals, questions and labels of the site, each by itself."""

from __future__ import annotations

import importlib
import math
import re
import sys
from typing import Any

import pytest

from miner.schema import SEARCH_TABLES, TABLES
from tests.site_database import ROOT


def part(name: str) -> Any:
    """A module of the site: no package that could be imported by name from elsewhere."""
    folder = str(ROOT / "datasette")
    if folder not in sys.path:
        sys.path.append(folder)
    return importlib.import_module(f"findings_site.{name}")


@pytest.mark.parametrize(
    ("probability", "a", "b", "quantile"),
    [(0.5, 1, 1, 0.5), (0.025, 3, 8, 0.0667395), (0.975, 4, 7, 0.6524529), (0.95, 0.5, 0.5, 0.9938442)],
)
def test_beta_quantiles_are_those_of_tables(probability: float, a: float, b: float, quantile: float) -> None:
    assert part("intervals").beta_quantile(probability, a, b) == pytest.approx(quantile, abs=1e-6)


@pytest.mark.parametrize(("freedom", "t"), [(1, 12.7062), (4, 2.77645), (30, 2.04227)])
def test_t_quantiles_are_those_of_tables(freedom: float, t: float) -> None:
    assert part("intervals").t_quantile(freedom) == pytest.approx(t, abs=1e-3)


def sums(pairs: list[tuple[int, int]]) -> Any:
    return part("intervals").Sums(
        len(pairs),
        sum(x for x, _ in pairs),
        sum(n for _, n in pairs),
        sum(x * x for x, _ in pairs),
        sum(x * n for x, n in pairs),
        sum(n * n for _, n in pairs),
    )


@pytest.mark.parametrize(
    "pairs",
    [[(10, 20)] * 5, [(20, 20)] * 4, [(0, 20)] * 3, [(1, 20), (19, 20), (10, 20)], [(5, 7), (20, 50), (8, 8), (0, 3)]],
)
def test_an_interval_holds_its_share_and_stays_within_bounds(pairs: list[tuple[int, int]]) -> None:
    pooled = part("intervals").pool(sums(pairs))
    assert 0 <= pooled.low <= pooled.share <= pooled.high <= 1
    assert pooled.high - pooled.low > 0.05


def test_letters_that_differ_widen_the_interval() -> None:
    pool = part("intervals").pool
    alike = pool(sums([(10, 20), (11, 20), (9, 20), (10, 20)]))
    apart = pool(sums([(1, 20), (19, 20), (2, 20), (18, 20)]))
    assert apart.high - apart.low > 2 * (alike.high - alike.low)


def test_fewer_than_three_letters_are_not_pooled() -> None:
    pooled = part("intervals").pool(sums([(10, 20), (11, 20)]))
    assert pooled.share is None and pooled.low is None and pooled.met == 21


@pytest.mark.parametrize(
    ("typed", "match"),
    [
        ("plan", '("plan")'),
        ("good plan", '("good") AND ("plan")'),
        ('"good plan"', '("good plan")'),
        ("school OR college plan", '("school" OR "college") AND ("plan")'),
        ("victim* -court", '(("victim"*)) NOT ("court")'),
        ("children's", '("children s")'),
        ('"police safety"~10', '(NEAR("police" "safety", 10))'),
        ("“curly quotes”", '("curly quotes")'),
        ("-court", ""),
        ('"', ""),
        ("", ""),
    ],
)
def test_questions_become_full_text_queries(typed: str, match: str) -> None:
    assert part("question").ask(typed).match == match


@pytest.mark.parametrize(
    ("share", "words"), [(1.0, "100%"), (0.999, "99%"), (0.001, "1%"), (0.0, "0%"), (0.5, "50%"), (None, "")]
)
def test_a_share_is_never_rounded_to_all_or_none(share: float | None, words: str) -> None:
    assert part("text").percent(share) == words
    assert share is None or not math.isnan(share)


def test_a_chart_shows_how_many_mean_the_same_and_cuts_none() -> None:
    charts = part("charts")
    said = [charts.Range(low / 100, 1.0, "Alderby: most", "/letters/x#f1") for low in (*range(50), 50, 50, 50)]
    drawn = charts.ranges([charts.Group("2014", (), said, None, None, None)], "Soft words")
    assert drawn.count('class="soft"') == 51 and "3 statements: 50–100%" in drawn and drawn.count("<a ") == 50
    dots = [charts.Dot(0.5, 40, "2 letters", "", 2), charts.Dot(0.6, 900, "80 letters", "", 80)]
    drawn = charts.shares([charts.Group("2014", dots, (), 0.5, 0.4, 0.6)], "Shares")
    few, many = (float(size) for size in re.findall(r' r="([\d.]+)"', drawn))
    assert few < many


def test_criteria_stand_in_the_order_of_a_letter() -> None:
    criteria = ["child.review", "odd.review", "sentence.staff", "reoffending.review", "reoffending.planning"]
    ordered = sorted(criteria, key=part("text").criterion_order)
    assert ordered == [*reversed(criteria[3:]), "child.review", "sentence.staff", "odd.review"]


def test_metadata_holds_every_column_of_the_schema() -> None:
    yaml: Any = importlib.import_module("yaml")  # comes with Datasette
    metadata = yaml.safe_load((ROOT / "datasette" / "metadata.yaml").read_text(encoding="utf-8"))
    tables = metadata["databases"]["findings"]["tables"]
    assert list(tables) == [table.name for table in (*TABLES, *SEARCH_TABLES)]
    for table in (*TABLES, *SEARCH_TABLES):
        shown = tables[table.name]
        assert shown.get("hidden", False) == (table in SEARCH_TABLES)
        assert shown["description"] == table.about
        assert shown["columns"] == {column.name: column.about for column in table.columns}
        assert shown["label_column"] in shown["columns"]
