"""The two pages of an import, the same for each kind of file: bring it in; then one step after the other.

An app says what its files hold (``ImportKind``) and how they are looked at and taken; its views only pass that on.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_htmx.http import HttpResponseClientRefresh

from core.form_pages import errors_shown_in, status_of
from core.tabular.columns import Column
from core.tabular.sentences import sentence_of
from core.tabular.writing import as_csv, as_xlsx
from projects.access import Standing
from projects.import_files import LIMITS, discard_file, problems_of, store_file, taken_before
from projects.import_forms import DiscardForm, PeopleForm, ReadingForm, TakeBackForm, TakeForm, UploadForm
from projects.import_outcome import Outcome
from projects.import_problem_groups import problem_groups, problem_said
from projects.import_work import HANDLERS, OVER, PHASES, act_on, ask_for_work, call_off, is_long, look_first, under_way
from projects.models import ImportBatch, ImportWork, ProjectPerson
from projects.queries import imports_of_side

SHOWN_IMPORTS = 10
# The part of the page that asks how far the work is.
PROGRESS = "import-progress"


class ChoicesForm(Protocol):
    def is_valid(self) -> bool: ...
    def as_options(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class ImportKind:
    """What an app brings in by file. ``stem`` begins its templates' and addresses' names: "budget:time_import".

    ``also_read`` says what columns are read as that no mapping names.
    """

    kind: str
    tab: str
    namespace: str
    stem: str
    back_url: str
    columns: Sequence[Column]
    labels: Mapping[str, str | Promise]
    template_rows: Sequence[Sequence[str]]
    summary: Callable[[ImportBatch], Any] | None = None
    also_read: Callable[[Outcome], Mapping[str, str]] | None = None
    # What else there is to choose before the file is taken; None where there is nothing. Its fields are options.
    choices: Callable[[Any, ImportBatch], ChoicesForm | None] | None = None

    def url_name(self, page: str) -> str:
        return f"{self.namespace}:{self.stem}_{page}"

    def template(self, page: str) -> str:
        return f"{self.namespace}/{self.stem}_{page}.html"


def import_new(request: HttpRequest, standing: Standing, kind: ImportKind) -> HttpResponse:
    """Take a file, keep it, and go on to what it says."""
    form = UploadForm(request.POST or None, request.FILES or None, limits=LIMITS[kind.kind])
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            batch = store_file(
                actor=standing.user,
                project=standing.project,
                side=standing.side,
                kind=kind.kind,
                upload=form.cleaned_data["file"],
            )
            if is_long(batch):
                ask_for_work(actor=standing.user, batch=batch, act=ImportWork.Act.CHECK, choices={})
            else:
                look_first(batch=batch)
            return redirect(kind.url_name("detail"), standing.project.slug, batch.uuid)
    context = {
        "tab": kind.tab,
        "standing": standing,
        "form": form,
        "back_url": reverse(kind.back_url, args=[standing.project.slug]),
        "imports": imports_of_side(standing, kind.kind)[:SHOWN_IMPORTS],
    }
    return render(request, kind.template("new"), context, status=status_of(form))


def import_detail(request: HttpRequest, standing: Standing, kind: ImportKind, batch_uuid: uuid.UUID) -> HttpResponse:
    """The file as it was understood, with the one thing to do next: answer, decide, or read what came of it."""
    batch = _batch(standing, kind, batch_uuid)
    if request.method == "POST":
        return _act(request, standing, kind, batch)
    if request.GET.get("step") == "discard" and batch.is_open:
        context = {
            "tab": kind.tab,
            "standing": standing,
            "batch": batch,
            "form": DiscardForm(),
            "back_url": request.path,
        }
        return render(request, "projects/import_discard.html", context)
    return _shown(request, standing, kind, batch, _form(standing, kind, batch, None, request.GET.get("step", "")))


def import_take_back(request: HttpRequest, standing: Standing, kind: ImportKind, batch_uuid: uuid.UUID) -> HttpResponse:
    """What taking the import back would do, and the button that does it."""
    batch = _batch(standing, kind, batch_uuid)
    found = HANDLERS[batch.kind].taking_back(batch)
    form = TakeBackForm(request.POST or None, initial={"shown": found.fingerprint})
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            act_on(actor=standing.user, batch=batch, act=ImportWork.Act.TAKE_BACK, choices=form.cleaned_data)
            return redirect(kind.url_name("detail"), standing.project.slug, batch.uuid)
    context = {
        "tab": kind.tab,
        "standing": standing,
        "batch": batch,
        "found": found,
        # What was shown is out of date once it was refused: the next try is about what is shown now.
        "form": TakeBackForm(initial={"shown": found.fingerprint}) if form.errors else form,
        "errors": form.non_field_errors(),
        "detail_url": kind.url_name("detail"),
    }
    return render(request, "projects/import_take_back.html", context, status=status_of(form))


def import_problems(standing: Standing, kind: ImportKind, batch_uuid: uuid.UUID) -> HttpResponse:
    """Every problem of the file as CSV, for whoever mends it."""
    batch = _batch(standing, kind, batch_uuid)
    head = [_("Row"), _("Column"), _("Value"), _("Code"), _("Level"), _("What is the matter")]
    found = problems_of(batch)
    lines = [[each.row, each.column, each.value, each.code, each.level, problem_said(vars(each))] for each in found]
    return _download(as_csv([head, *lines]), "text/csv; charset=utf-8", "problems.csv")


def import_template(kind: ImportKind, extension: str) -> HttpResponse:
    """An example file with every column that can be read."""
    if extension == "xlsx":
        media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return _download(as_xlsx(kind.template_rows), media_type, "template.xlsx")
    if extension == "csv":
        return _download(as_csv(kind.template_rows), "text/csv; charset=utf-8", "template.csv")
    raise Http404("no such template")


def _batch(standing: Standing, kind: ImportKind, batch_uuid: uuid.UUID) -> ImportBatch:
    found: ImportBatch = get_object_or_404(
        imports_of_side(standing, kind.kind).select_related("project__terms", "created_by"), uuid=batch_uuid
    )
    return found


def _act(request: HttpRequest, standing: Standing, kind: ImportKind, batch: ImportBatch) -> HttpResponse:
    act = request.POST.get("act", "")
    here = redirect(kind.url_name("detail"), standing.project.slug, batch.uuid)
    if act == "call_off":
        call_off(batch=batch)
        messages.success(request, _("This was called off. Everything stays as it was."))
        return here
    if under_way(batch) is not None:
        return here  # a stale tab: the page says what is being done
    if act == "discard":
        discard_file(batch=batch)
        messages.success(request, _("The import was discarded. Nothing was written."))
        return redirect(kind.url_name("new"), standing.project.slug)
    choices = kind.choices(request.POST, batch) if act == "choose" and kind.choices else None
    form = _form(standing, kind, batch, request.POST, "columns" if request.GET.get("step") == "columns" else "")
    if choices is not None and choices.is_valid():
        act_on(actor=standing.user, batch=batch, act=ImportWork.Act.CHECK, choices=choices.as_options())
    elif act == "check" or form is None or form["act"].initial != act:
        # A stale tab answers a question that is no longer asked: look again and show what is.
        act_on(actor=standing.user, batch=batch, act=ImportWork.Act.CHECK, choices={})
    elif not form.is_valid():
        return _shown(request, standing, kind, batch, form)
    else:
        with errors_shown_in(form):
            _carry_out(standing, batch, form)
        if form.errors:
            batch.refresh_from_db()
            return _shown(request, standing, kind, batch, form)
    return here


def _carry_out(standing: Standing, batch: ImportBatch, form: forms.Form) -> None:
    if isinstance(form, ReadingForm):
        act, choices = ImportWork.Act.CHECK, form.as_options(batch.options)
    elif isinstance(form, PeopleForm):
        people = {**batch.options.get("people", {}), **form.answers()}
        act, choices = ImportWork.Act.CHECK, {"people": people}
    else:
        act = ImportWork.Act.TAKE
        choices = {name: value for name, value in form.cleaned_data.items() if name != "act"}
    act_on(actor=standing.user, batch=batch, act=act, choices=choices)


def _form(
    standing: Standing, kind: ImportKind, batch: ImportBatch, data: Any, step: str
) -> ReadingForm | PeopleForm | TakeForm | None:
    """The form of the next step; None where nothing is left to do."""
    if batch.state in OVER or not batch.outcome:
        return None
    outcome = Outcome.from_json(batch.outcome)
    if outcome.refusal.get("asks") or outcome.questions or (step == "columns" and outcome.is_readable):
        return ReadingForm(
            data,
            outcome=outcome,
            options=batch.options,
            columns=kind.columns,
            labels=kind.labels,
            shows_all=step == "columns",
        )
    if outcome.people:
        people = ProjectPerson.objects.filter(project=standing.project).select_related("person")
        known = [(str(each.person.uuid), each.person.name) for each in people]
        return PeopleForm(data, unknown=outcome.people, known=known)
    if outcome.is_settled and outcome.would_write:
        return TakeForm(data, wrong=outcome.wrong, initial={"preview_hash": batch.preview_hash})
    return None


def _shown(
    request: HttpRequest, standing: Standing, kind: ImportKind, batch: ImportBatch, form: forms.Form | None
) -> HttpResponse:
    outcome = Outcome.from_json(batch.outcome) if batch.outcome else None
    work = ImportWork.objects.filter(batch=batch).first()
    if work is not None and not work.failure:
        return _under_way(request, standing, kind, batch, work)
    if request.htmx.target == PROGRESS:  # type: ignore[attr-defined]  # by django-htmx
        # It asked how far the work is, and the work is over: there is another page to show.
        return HttpResponseClientRefresh()
    context = {
        "tab": kind.tab,
        "standing": standing,
        "batch": batch,
        "outcome": outcome,
        "summary": kind.summary(batch) if kind.summary else None,
        "form": form,
        "choices": kind.choices(None, batch) if kind.choices and batch.is_open else None,
        "step": str(form["act"].initial) if form is not None else "done",
        "missing": _missing(kind, outcome) if outcome else "",
        "refusal": sentence_of(outcome.refusal["code"], **outcome.refusal["params"])
        if outcome and outcome.refusal
        else "",
        "meanings": _meanings(kind, outcome) if outcome else (),
        "failure": work.failure if work is not None else "",
        "read_as_before": batch.options.get("as_before", False),
        "problem_groups": problem_groups(outcome) if outcome else (),
        "taken_before": taken_before(batch) if batch.state not in OVER else None,
        "new_url": kind.url_name("new"),
        "detail_url": kind.url_name("detail"),
        "problems_url": kind.url_name("problems"),
        "take_back_url": kind.url_name("take_back"),
    }
    return render(request, kind.template("detail"), context, status=status_of(form) if form is not None else 200)


def _under_way(
    request: HttpRequest, standing: Standing, kind: ImportKind, batch: ImportBatch, work: ImportWork
) -> HttpResponse:
    """How far the work on the file is; the page asks again each second for the part that says it."""
    context = {"tab": kind.tab, "standing": standing, "batch": batch, "work": work, "phase": PHASES.get(work.phase, "")}
    part = "#progress" if request.htmx.target == PROGRESS else ""  # type: ignore[attr-defined]
    return render(request, f"projects/import_under_way.html{part}", context)


def _missing(kind: ImportKind, outcome: Outcome) -> str:
    """Which columns the file has to have and nobody recognises, as the form calls them; empty where none is missing."""
    names = [str(kind.labels[name]) for each in outcome.questions if each.name == "columns" for name in each.choices]
    if not names:
        return ""
    text = ngettext(
        "This file has no column that we recognise as %(names)s: say which it is.",
        "This file has no column that we recognise as %(names)s: say which they are.",
        len(names),
    )
    return text % {"names": _(" and as ").join(f"“{name}”" for name in names)}


def _meanings(kind: ImportKind, outcome: Outcome) -> list[tuple[str, str]]:
    """Each column of the file with what it is read as; empty where it is not read."""
    said = kind.also_read(outcome) if kind.also_read else {}
    read = {**said, **{header: str(kind.labels[name]) for name, header in outcome.mapping.items() if header}}
    return [(header, read.get(header, "")) for header in outcome.header]


def _download(content: bytes, media_type: str, filename: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{filename}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=media_type, headers=headers)
