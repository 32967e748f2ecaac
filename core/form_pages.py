"""A refused act goes back into the form that asked for it, with everything that was typed, or onto the next page."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest

from core.conflicts import Conflict, conflict_of
from core.errors import DomainError, StaleVersion


@contextmanager
def errors_shown_in(form: forms.BaseForm) -> Iterator[None]:
    """Run an action: what it refuses becomes an error of ``form``, a stale version its ``conflict``.

    Return from inside the block when the action succeeded; whoever comes past it has something to show. A form whose
    fields are not named as the model's says by ``theirs(current)`` what now stands in them.
    """
    try:
        yield
    except StaleVersion as error:
        theirs = form.theirs(error.current) if hasattr(form, "theirs") else None
        form.conflict = conflict_of(form, error, theirs)  # type: ignore[attr-defined]
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
    except ValidationError as error:
        for name, found in (error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error}).items():
            form.add_error(name if name in form.fields else None, ValidationError(found))


def status_of(form: forms.BaseForm) -> int:
    """The status of a page that shows ``form``: 409 for a conflict, 422 for refused input, else 200."""
    conflict: Conflict | None = getattr(form, "conflict", None)
    if conflict is not None:
        return 409
    return 422 if form.errors else 200


def say_how_it_went(request: HttpRequest, act: Callable[[], object], done: str) -> None:
    """Run the action behind a button without a form: the next page says that it is ``done``, or why it was refused."""
    try:
        act()
    except DomainError as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, done)
