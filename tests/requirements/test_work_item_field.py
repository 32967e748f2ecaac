import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from projects.models import Project
from requirements_app.actions import add_work_item
from requirements_app.models import WorkItem
from requirements_app.work_item_field import WorkItemField

pytestmark = pytest.mark.django_db


@pytest.fixture
def items(project: Project, client_manager: User) -> list[WorkItem]:
    titles = [("Import of claims", "P-1"), ("Letters", "P-2"), ("Letters", ""), ("1", "")]
    return [add_work_item(actor=client_manager, project=project, title=title, outside_key=key) for title, key in titles]


@pytest.fixture
def field(project: Project) -> WorkItemField:
    field = WorkItemField()
    field.project = project
    return field


@pytest.mark.parametrize("text", ["W-1", "w-1", "1", " 1 ", "W-1 Import of claims", "import of CLAIMS", "p-1"])
def test_item_is_named_by_number_title_or_outside_key(field: WorkItemField, items: list[WorkItem], text: str) -> None:
    assert field.clean(text) == items[0]


@pytest.mark.parametrize(
    ("text", "code"),
    [("Letters", "ambiguous"), ("W-99", "unknown"), ("Something", "unknown"), ("", "required"), (" ", "required")],
)
def test_item_that_is_not_meant_clearly_is_refused(
    field: WorkItemField, items: list[WorkItem], text: str, code: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        field.clean(text)
    assert refused.value.code == code


def test_item_of_another_project_is_as_unknown_as_none(
    field: WorkItemField, other_project: Project, other_client: User, items: list[WorkItem]
) -> None:
    for number in range(6):
        add_work_item(actor=other_client, project=other_project, title=f"Secret {number}", outside_key=f"S-{number}")
    refusals = []
    for text in ("W-6", "Secret 1", "S-1"):
        with pytest.raises(ValidationError) as refused:
            field.clean(text)
        refusals.append(refused.value.code)
    assert refusals == ["unknown"] * 3


def test_input_shows_number_and_title_of_an_item_or_of_its_key(field: WorkItemField, items: list[WorkItem]) -> None:
    shown = [field.prepare_value(value) for value in (items[0], items[0].pk, "W-9 typed", None)]
    assert shown == ["W-1 Import of claims", "W-1 Import of claims", "W-9 typed", None]


def test_changed_is_another_item_however_it_is_written(field: WorkItemField, items: list[WorkItem]) -> None:
    changed = [field.has_changed(items[0].pk, text) for text in ("1", "W-1 Import of claims", "W-2", "", "W-99")]
    assert changed == [False, False, True, True, True]
