"""A file brought in through the pages, by somebody who takes the first answer to every question they are asked."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from projects.models import ImportBatch

MOST_STEPS: Final = 10


class Stuck(AssertionError):
    """The pages ask and ask."""


def bring_in(
    client: Client, new_url: str, data: bytes, *, filename: str = "file.csv", answers: Mapping[str, str] | None = None
) -> list[int]:
    """Walk from the upload to the end, with ``answers`` where they are asked for. The status of every page seen."""
    sent = client.post(new_url, {"file": SimpleUploadedFile(filename, data)})
    seen = [sent.status_code]
    page = sent.headers.get("Location")
    for step in range(MOST_STEPS):
        if page is None:
            return seen
        shown = client.get(page)
        seen.append(shown.status_code)
        form = shown.context["form"]
        if form is None:
            return seen
        chosen = {**_first_answers(form, step), **_asked(form, answers or {})}
        seen.append(client.post(page, chosen).status_code)
        if seen[-1] == 422:
            # What the first answers say contradicts itself, or the file cannot be taken: a person would stop here.
            return seen
    raise Stuck(f"{data[:300]!r} is still asked about after {MOST_STEPS} steps")


def only_batch() -> ImportBatch:
    return ImportBatch.objects.get()


def _asked(form: forms.Form, answers: Mapping[str, str]) -> dict[str, str]:
    return {name: answer for name, answer in answers.items() if name in form.fields}


def _first_answers(form: forms.Form, step: int) -> dict[str, Any]:
    """What stands there already, else the first choice; the next one where the same is asked again."""
    answers = {}
    for name, field in form.fields.items():
        answer = form[name].value()
        if isinstance(field, forms.BooleanField):
            answer = "on"
        elif field.required and not answer and isinstance(field, forms.ChoiceField):
            values = [value for value, _label in field.choices if value]  # type: ignore[union-attr]
            answer = values[step % len(values)] if values else ""
        answers[name] = "" if answer is None else answer
    return answers
