"""Two texts beside each other: what left and what came, and never anything lost."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text_difference import MOST_COMPARED, difference


def marked(before: str, after: str) -> str:
    """The pieces as one reads them: what left in brackets, what came in braces."""
    return "".join(
        f"[{piece.text}]" if piece.is_gone else f"{{{piece.text}}}" if piece.is_new else piece.text
        for piece in difference(before, after)
    )


@pytest.mark.parametrize(
    ("before", "after", "read"),
    [
        ("The crane at nine.", "The crane at ten.", "The crane at [nine]{ten}."),
        ("The crane", "The big crane", "The {big }crane"),
        ("The big crane", "The crane", "The [big ]crane"),
        ("a b c d", "a c d e", "a [b ]c d{ e}"),
        ("same", "same", "same"),
        ("", "new", "{new}"),
        ("old", "", "[old]"),
        ("", "", ""),
    ],
)
def test_difference_reads_in_order(before: str, after: str, read: str) -> None:
    assert marked(before, after) == read


@given(before=st.text("ab, \n", max_size=60), after=st.text("ab, \n", max_size=60))
def test_both_texts_can_be_read_out_of_it(before: str, after: str) -> None:
    pieces = difference(before, after)
    assert "".join(piece.text for piece in pieces if not piece.is_new) == before
    assert "".join(piece.text for piece in pieces if not piece.is_gone) == after


def test_text_that_was_rewritten_throughout_is_shown_whole() -> None:
    words = MOST_COMPARED
    before, after = " ".join(["old"] * words), " ".join(["new"] * words)
    assert marked(f"Begin {before} end", f"Begin {after} end") == f"Begin [{before}]{{{after}}} end"


@pytest.mark.parametrize(
    ("before", "after"),
    [("a " * 10_000, "b " * 10_000), ("a b " * 5_000, "b a c " * 3_300), ("ab ba " * 60, "ba ab ab " * 60)],
)
def test_text_made_to_be_slow_is_not(before: str, after: str) -> None:
    began = time.process_time()
    difference(before, after)
    assert time.process_time() - began < 1
