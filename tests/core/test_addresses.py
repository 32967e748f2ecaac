"""Addresses filled in: the same as Django's own."""

import uuid

import pytest
from django.urls import NoReverseMatch, reverse

from core.addresses import address

SLUG, UUID = "claims-portal-f5342e", uuid.UUID("12345678-1234-4123-8123-123456789abc")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("status:my_work", ()),
        ("status:project_detail", (SLUG,)),
        ("requirements:work_item_detail", (SLUG, 12)),
        ("budget:time_entry_detail", (SLUG, UUID)),
        ("projects:comment_list_on", (SLUG, UUID)),
    ],
)
def test_an_address_is_the_one_that_reverse_finds(name: str, parts: tuple[str | int | uuid.UUID, ...]) -> None:
    for _again in range(2):
        assert address(name, *parts) == reverse(name, args=parts)


def test_another_thing_of_the_same_name_has_its_own_address() -> None:
    assert address("requirements:work_item_detail", SLUG, 12) != address("requirements:work_item_detail", SLUG, 13)
    assert address("requirements:work_item_detail", SLUG, 12) != address("requirements:work_item_detail", "other", 12)


def test_what_has_no_address_is_refused() -> None:
    with pytest.raises(NoReverseMatch):
        address("status:project_detail")


def test_a_part_cannot_lead_elsewhere() -> None:
    assert address("status:project_detail", "a/../b?c#d") == "/p/a%2F..%2Fb%3Fc%23d/"
