"""Uploads in a bucket that speaks S3. Imported only where one is configured: the library is large."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage


class BucketStorage(S3Storage):  # type: ignore[misc]  # the library has no types
    """Files of a private bucket. What the store refuses or cannot do is an OSError, as on a disk."""

    def __init__(self, **options: Any) -> None:
        # A store that hangs must not hold a thread of the web server for minutes. Stores other than Amazon's are
        # reached by path: few of them have a host name for each bucket.
        style = "path" if options.get("endpoint_url") else "auto"
        config = Config(connect_timeout=5, read_timeout=20, retries={"max_attempts": 2}, s3={"addressing_style": style})
        super().__init__(client_config=config, **options)

    def _open(self, name: str, mode: str = "rb") -> "File[Any]":
        with _as_on_a_disk():
            opened: File[Any] = super()._open(name, mode)
            if "r" in mode:
                # Fetched now, where a failure can still be told, and not while the answer is on its way.
                opened.open()
            return opened

    def _save(self, name: str, content: "File[Any]") -> str:
        with _as_on_a_disk():
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        with _as_on_a_disk():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _as_on_a_disk():
            return bool(super().exists(name))


@contextmanager
def _as_on_a_disk() -> Iterator[None]:
    try:
        yield
    except (Boto3Error, BotoCoreError, ClientError) as error:
        raise OSError(str(error)) from error
