"""The list of ``make prove`` fits the code: every text stands where it says, every test is there."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.prove.switches import SWITCHES, Switch

ROOT = Path(settings.BASE_DIR)

every_switch = pytest.mark.parametrize("switch", SWITCHES, ids=lambda switch: switch.protection)


@every_switch
def test_switch_finds_what_it_takes_away(switch: Switch) -> None:
    assert {text.old: (ROOT / text.path).read_text(encoding="utf-8").count(text.old) for text in switch.texts} == {
        text.old: 1 for text in switch.texts
    }
    assert bool(switch.texts) != bool(switch.sql)


@every_switch
def test_switch_names_tests_that_exist(switch: Switch) -> None:
    for test in switch.tests:
        path, _, name = test.partition("::")
        function = rf"^def {re.escape(name.partition('[')[0])}\("
        assert re.search(function, (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE), test


def test_each_protection_is_named_once() -> None:
    assert len({switch.protection for switch in SWITCHES}) == len(SWITCHES)
