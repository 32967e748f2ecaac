"""What a new project's terms begin with. Pure data: everything here is changed later on the terms page.

A term follows either from how the two sides work together or from what is paid, never from both, so that the page
that opens a project can show them as two short tables.
"""

from collections.abc import Mapping
from typing import Any, Final

# Loading the developers oneself, one answers fast and looks at work in small pieces: waiting is paid time.
BY_COOPERATION: Final[Mapping[str, Mapping[str, Any]]] = {
    "project": {
        "response_days": 3,
        "review_days": 10,
        "cure_days": 10,
        "scope_mode": "fixed",
        "defect_hours_payable": False,
        "person_figures": "off",
    },
    "dedicated": {
        "response_days": 1,
        "review_days": 5,
        "cure_days": 5,
        "scope_mode": "rolling",
        "defect_hours_payable": True,
        "person_figures": "off",
    },
}

# A fixed price pays results, so that half a result counts nothing and is warranted for longer. Silence accepts only
# where both sides agreed that it does.
BY_BILLING: Final[Mapping[str, Mapping[str, Any]]] = {
    "time_and_material": {
        "progress_rule": "hours_spent_and_remaining",
        "payment_days": 30,
        "warranty_days": 90,
        "deemed_acceptance": False,
    },
    "fixed_price": {
        "progress_rule": "zero_hundred",
        "payment_days": 30,
        "warranty_days": 180,
        "deemed_acceptance": False,
    },
    "monthly_fee": {
        "progress_rule": "hours_spent_and_remaining",
        "payment_days": 14,
        "warranty_days": 0,
        "deemed_acceptance": False,
    },
}


def terms_to_begin_with(cooperation_model: str, billing_model: str) -> dict[str, Any]:
    """The terms of a new project of these two models."""
    return {**BY_COOPERATION[cooperation_model], **BY_BILLING[billing_model]}
