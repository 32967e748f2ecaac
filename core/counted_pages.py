"""Pages of rows whose number is known before they are read."""

from typing import Any

from django.core.paginator import Paginator


class CountedPaginator(Paginator):  # type: ignore[type-arg]
    """A paginator that is told how many rows there are, instead of counting them in the database."""

    def __init__(self, rows: Any, per_page: int, *, count: int) -> None:
        super().__init__(rows, per_page)
        # Stands before the property that would ask the database.
        self.__dict__["count"] = count
