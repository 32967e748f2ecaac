"""The commands of docs/api.md do what the page says, in its order."""

import json
import re
import shlex
from pathlib import Path
from string import Template
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import ApiToken, Person, User
from accounts.tokens import create_token
from projects.models import Project

pytestmark = pytest.mark.django_db

PAGE = Path(settings.BASE_DIR) / "docs" / "api.md"
EXAMPLE = re.compile(r"```sh\n(curl .*?)```\n\n```http\n(\d{3})\n(.*?)\n\n?(\{.*?\})\n```", re.DOTALL)


def send(command: str, known: dict[str, str]) -> Any:
    """What curl would send."""
    words = shlex.split(Template(command.replace("\\\n", " ")).substitute(known))[1:]
    method, data, headers, address = "GET", "", {}, ""
    form: dict[str, Any] = {}
    while words:
        match words.pop(0):
            case "-X":
                method = words.pop(0)
            case "-H":
                name, _colon, value = words.pop(0).partition(": ")
                headers[name] = value
            case "-d":
                data = words.pop(0)
            case "-F":
                name, _equals, value = words.pop(0).partition("=")
                # curl reads a file where @ stands; here each of them says the same.
                form[name] = SimpleUploadedFile(value[1:], b"berth\n") if value.startswith("@") else value
            case word:
                address = word
    content_type = headers.pop("Content-Type", "")
    path = address.removeprefix(known["SITE"])
    if form:
        return Client().post(path, form, headers=headers)
    return Client().generic(method, path, data, content_type=content_type, headers=headers)


def agrees(shown: Any, got: Any) -> bool:
    """Whether the answer holds everything that the page shows of it."""
    if isinstance(shown, dict):
        return all(name in got and agrees(value, got[name]) for name, value in shown.items())
    if isinstance(shown, list):
        return len(shown) == len(got) and all(map(agrees, shown, got))
    return bool(shown in ("…", got))


def lines_of(text: str) -> list[Any]:
    """JSON is one line, NDJSON several."""
    return [json.loads(line) for line in text.splitlines()]


def test_every_command_of_the_page_is_answered_as_shown(
    project: Project, client_manager: User, developer: Person, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    _token, text = create_token(user=client_manager, name="Docs", scopes=ApiToken.Scope.values)
    known = {"SITE": settings.SITE_URL, "TOKEN": text, "PROJECT": project.slug, "PERSON": str(developer.uuid)}
    examples = EXAMPLE.findall(PAGE.read_text())
    assert len(examples) == PAGE.read_text().count("```sh")
    for command, status, headers, body in examples:
        answer = send(command, known)
        sent_back = answer.getvalue().decode()
        got, shown = lines_of(sent_back), lines_of(body)
        assert (answer.status_code, agrees(shown, got)) == (int(status), True), f"{command}\n{got}"
        for line in filter(None, headers.splitlines()):
            name, _colon, value = line.partition(": ")
            assert answer[name] == value
