import pytest
from hypothesis import given
from hypothesis import strategies as st

from requirements_app.tree import Place, depth_first, path_to, sums_with_below

#  1 ── 3 ── 5
#  │    └─── 4
#  2
TREE = {1: None, 2: None, 3: 1, 5: 3, 4: 3}


def test_depth_first_reads_each_node_before_its_children_and_siblings_as_given() -> None:
    assert depth_first(TREE) == [
        Place(1, 0, is_group=True),
        Place(3, 1, is_group=True),
        Place(5, 2, is_group=False),
        Place(4, 2, is_group=False),
        Place(2, 0, is_group=False),
    ]


def test_depth_first_takes_a_node_of_an_unknown_parent_as_a_root() -> None:
    assert depth_first({7: 99}) == [Place(7, 0, is_group=False)]


def test_sums_add_a_groups_own_value_to_those_below_it() -> None:
    sums = sums_with_below(depth_first(TREE), {1: 1, 5: 10, 4: 100})
    assert sums == {1: 111, 3: 110, 5: 10, 4: 100}


def test_path_names_the_nodes_above_from_the_root_down() -> None:
    assert [path_to(key, TREE) for key in (1, 3, 4)] == [(), (1,), (1, 3)]


def test_path_ends_where_a_circle_would_close() -> None:
    assert path_to(1, {1: 2, 2: 1}) == (2,)


@st.composite
def trees(draw: st.DrawFn) -> dict[int, int | None]:
    size = draw(st.integers(0, 60))
    return {
        key: draw(st.one_of(st.none(), st.integers(0, key - 1))) if key else None
        for key in range(size)  # a parent comes before its children, so there is no circle
    }


@given(trees())
def test_every_node_stands_once_and_one_deeper_than_its_parent(parents: dict[int, int | None]) -> None:
    places = depth_first(parents)
    assert sorted(place.key for place in places) == sorted(parents)
    assert {place.key: place.depth for place in places} == {key: len(path_to(key, parents)) for key in parents}


@given(trees())
def test_the_roots_sums_are_everything(parents: dict[int, int | None]) -> None:
    values = {key: key + 1 for key in parents}
    sums = sums_with_below(depth_first(parents), values)
    assert sum(sums[key] for key, parent in parents.items() if parent is None) == sum(values.values())


def test_a_tree_as_deep_as_a_list_is_long_needs_no_recursion() -> None:
    chain = {key: key - 1 if key else None for key in range(5000)}
    assert depth_first(chain)[-1] == Place(4999, 4999, is_group=False)


@pytest.mark.parametrize("parents", [{}, {1: None}])
def test_small_trees(parents: dict[int, int | None]) -> None:
    assert [place.key for place in depth_first(parents)] == list(parents)
