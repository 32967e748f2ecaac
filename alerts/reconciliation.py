"""What is compared with its source each night. Whoever keeps figures says here how they are proved right."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from projects.models import Project


@dataclass(frozen=True)
class Difference:
    """A kept figure that is not what its source gives. ``what`` names its kind, ``about`` which one it is."""

    project_id: int
    what: str
    about: str
    kept: str
    found: str


# Compares what is kept of these projects with what it is made of, in the caller's transaction.
Proof = Callable[[Sequence[Project]], Iterable[Difference]]
# Works out anew what is kept of these projects, trusting nothing of it.
Repair = Callable[[Sequence[Project]], None]

PROOFS: list[Proof] = []
REPAIRS: list[Repair] = []


def register_proof(proof: Proof, repair: Repair) -> None:
    """Add a nightly comparison, and what an administrator may have done about a difference."""
    PROOFS.append(proof)
    REPAIRS.append(repair)
