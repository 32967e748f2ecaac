"""The steps of an import as forms: the file, how it is read, whom it names, and the decision."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.tabular.columns import Column
from core.tabular.csv_file import ENCODINGS
from core.tabular.read import Limits
from projects.import_outcome import Outcome, Question, UnknownPerson

Choices = list[tuple[str, str | Promise]]

OPTION_LABELS: Final[Mapping[str, str | Promise]] = {
    "encoding": _("Encoding"),
    "sheet": _("Sheet with the table"),
    "date_order": _("Order of dates"),
    "decimal_mark": _("Decimal mark"),
    "unit": _("What a bare number counts"),
    "only_project": _("Project in the file"),
    "one_person": _("Or the person whose hours these all are"),
    "repeated_keys": _("Rows with the same key"),
}
OPTION_HELP: Final[Mapping[str, str | Promise]] = {
    "date_order": _("Every date of the file, such as %(example)s, can be read in two ways."),
    "decimal_mark": _("Figures such as %(example)s can be read in two ways."),
    "unit": _("The column has numbers such as %(example)s, and its name does not say of what."),
    "one_person": _("For a file of one person, which has no column that says whose it is."),
    "only_project": _("The file holds several projects. Only the rows of one are taken."),
    "repeated_keys": _("The key %(example)s stands in several rows."),
    "sheet": _("Several sheets of the workbook have content."),
}
VALUE_LABELS: Final[Mapping[str, str | Promise]] = {
    "dmy": _("day first: 31/12/2026"),
    "mdy": _("month first: 12/31/2026"),
    ".": _("point: 1.5 is one and a half"),
    ",": _("comma: 1,5 is one and a half"),
    "hours": _("hours"),
    "minutes": _("minutes"),
    "seconds": _("seconds"),
    "add_up": _("are parts of one work item: add up their estimates"),
    "refuse": _("are mistakes: take the first, refuse the others"),
    "utf-8": _("UTF-8"),
    "utf-16": _("UTF-16"),
    "cp1252": _("Windows, western Europe (1252)"),
    "cp1250": _("Windows, central Europe (1250)"),
    "cp1251": _("Windows, Cyrillic (1251)"),
    "iso-8859-1": _("ISO 8859-1"),
    "iso-8859-15": _("ISO 8859-15"),
}


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty. Export it again, then choose it here."),
        },
    )

    def __init__(self, *args: Any, limits: Limits, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text = gettext(
            "CSV up to %(megabytes)s MB and %(most_rows)s rows; XLSX up to %(sheet_megabytes)s MB and"
            " %(most_sheet_rows)s rows."
        )
        said = {
            "megabytes": limits.megabytes,
            "most_rows": number_format(limits.rows, force_grouping=True),
            "sheet_megabytes": limits.workbook_megabytes,
            "most_sheet_rows": number_format(limits.workbook_rows, force_grouping=True),
        }
        self.fields["file"].help_text = text % said


class ReadingForm(forms.Form):
    """What the file leaves open; with ``shows_all``, every column and how it is read now.

    ``as_options`` gives what was chosen in the form that ``check_file`` lays over the earlier options.
    """

    act = forms.CharField(widget=forms.HiddenInput, initial="read")

    def __init__(
        self,
        *args: Any,
        outcome: Outcome,
        options: Mapping[str, Any],
        columns: Sequence[Column],
        labels: Mapping[str, str | Promise],
        shows_all: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.column_names: list[str] = []
        questions = {question.name: question for question in outcome.questions}
        self._add_what_was_refused(outcome, options)
        if shows_all or "columns" in questions or outcome.refusal.get("asks") == "columns":
            missing = questions["columns"].choices if "columns" in questions else ()
            for column in sorted(columns, key=lambda column: column.name not in missing):
                self._add_column(column, labels[column.name], outcome, questions)
        # Whoever exports their own week gets a file that does not say whose it is.
        if ("columns" in questions and "person" in questions["columns"].choices) or (
            shows_all and "one_person" in options
        ):
            self._add_person(options)
        for name, question in questions.items():
            if name != "columns":
                self._add_choice(name, question.choices, question.example, options)
        if shows_all:
            for name in ("date_order", "decimal_mark", "unit", "only_project", "repeated_keys"):
                if name in options and name not in self.fields:
                    self._add_choice(name, SETTLED_CHOICES.get(name, (options[name],)), "", options, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "one_person" in self.fields and not (cleaned.get("column_person") or cleaned.get("one_person")):
            self.add_error("one_person", _("Choose the column with the person, or name the person."))
        return cleaned

    def as_options(self, earlier: Mapping[str, Any]) -> dict[str, Any]:
        chosen = {name: value for name, value in self.cleaned_data.items() if name in OPTION_LABELS}
        if self.column_names:
            columns = {name: self.cleaned_data[f"column_{name}"] for name in self.column_names}
            chosen["mapping"] = {**earlier.get("mapping", {}), **columns}
        return chosen

    def _add_what_was_refused(self, outcome: Outcome, options: Mapping[str, Any]) -> None:
        params = outcome.refusal.get("params", {})
        if outcome.refusal.get("asks") == "sheet":
            self._add_choice("sheet", params.get("sheets", outcome.sheets), "", options)
        elif outcome.refusal.get("asks") == "encoding":
            failed = options.get("encoding") or "utf-8"
            self._add_choice("encoding", [encoding for encoding in ENCODINGS if encoding != failed], "", options)

    def _add_column(
        self, column: Column, label: str | Promise, outcome: Outcome, questions: Mapping[str, Question]
    ) -> None:
        samples = dict(zip(outcome.header, outcome.sample[0], strict=False)) if outcome.sample else {}
        choices: Choices = [("", _("not in the file"))]
        choices += [(name, f"{name}: {samples[name][:40]}" if samples.get(name) else name) for name in outcome.header]
        self.column_names.append(column.name)
        mapped = outcome.mapping.get(column.name, "")
        missing = questions["columns"].choices if "columns" in questions else ()
        # A sheet with a column for each day needs none for the date.
        is_required = column.is_required and bool(mapped or column.name in missing)
        self.fields[f"column_{column.name}"] = forms.ChoiceField(
            label=str(label), choices=choices, required=is_required, initial=mapped
        )

    def _add_person(self, options: Mapping[str, Any]) -> None:
        self.fields["column_person"].required = False
        self.fields["one_person"] = forms.CharField(
            label=str(OPTION_LABELS["one_person"]),
            help_text=str(OPTION_HELP["one_person"]),
            max_length=150,
            required=False,
            initial=options.get("one_person", ""),
        )

    def _add_choice(
        self, name: str, values: Sequence[str], example: str, options: Mapping[str, Any], *, required: bool = True
    ) -> None:
        choices: Choices = [] if required else [("", _("as the file says"))]
        choices += [(value, VALUE_LABELS.get(value, value)) for value in values]
        self.fields[name] = forms.ChoiceField(
            label=str(OPTION_LABELS[name]),
            choices=choices,
            required=required,
            widget=forms.RadioSelect if len(choices) <= 8 else forms.Select,
            initial=options.get(name, "") if options.get(name) in dict(choices) else "",
            help_text=str(OPTION_HELP[name]) % {"example": example} if name in OPTION_HELP and required else "",
        )


SETTLED_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "date_order": ("dmy", "mdy"),
    "decimal_mark": (".", ","),
    "unit": ("hours", "minutes", "seconds"),
    "repeated_keys": ("add_up", "refuse"),
}


class PeopleForm(forms.Form):
    """For everyone the project does not know: who it is, or that they are new, or that their rows stay out."""

    act = forms.CharField(widget=forms.HiddenInput, initial="people")

    def __init__(
        self, *args: Any, unknown: Sequence[UnknownPerson], known: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.unknown = unknown
        fixed: Choices = [("new", _("Add as a new person")), ("skip", _("Leave their rows out"))]
        choices: Choices = fixed + ([(_("Somebody of the project"), list(known))] if known else [])  # type: ignore[list-item]
        for person in unknown:
            mark = self.mark_of(person)
            self.fields[f"as_{mark}"] = forms.ChoiceField(label=person.name, choices=choices, initial="new")
            self.fields[f"name_{mark}"] = forms.CharField(
                label=_("Name of the new person"), max_length=150, required=False, initial=person.name
            )

    @staticmethod
    def mark_of(person: UnknownPerson) -> str:
        """The person's place in the form: by what they are called, so that two open tabs never mix people up."""
        return hashlib.sha256(person.key.encode()).hexdigest()[:12]

    def rows(self) -> list[tuple[UnknownPerson, forms.BoundField, forms.BoundField]]:
        """Each person with the two fields that decide about them."""
        return [
            (person, self[f"as_{mark}"], self[f"name_{mark}"])
            for person in self.unknown
            for mark in [self.mark_of(person)]
        ]

    def answers(self) -> dict[str, dict[str, str]]:
        return {
            person.key: {"as": self.cleaned_data[f"as_{mark}"], "name": self.cleaned_data[f"name_{mark}"].strip()}
            for person in self.unknown
            for mark in [self.mark_of(person)]
        }


class TakeBackForm(forms.Form):
    """Taking an import back, bound to exactly what was shown of it."""

    shown = forms.CharField(widget=forms.HiddenInput, max_length=64)


class TakeForm(forms.Form):
    """The decision, bound to exactly what was shown."""

    act = forms.CharField(widget=forms.HiddenInput, initial="take")
    preview_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)
    leave_out_wrong_rows = forms.BooleanField(required=False)

    def __init__(self, *args: Any, wrong: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if wrong:
            self.fields["leave_out_wrong_rows"].label = _("Leave the wrong rows out and take the others")
        else:
            del self.fields["leave_out_wrong_rows"]


class DiscardForm(forms.Form):
    """Asks nothing: it says on its page what happens."""

    act = forms.CharField(widget=forms.HiddenInput, initial="discard")
