"""Tells whether files of the checkout, or the packages they use, changed since something was made from them."""

import hashlib

from launch.bootstrap import ROOT, RUNTIME

STATIC_FILES = ("static/**/*", "*/static/**/*")
TABLES = ("*/migrations/*.py", "*/models.py", "*/models/*.py", "core/database_roles.py")


def fingerprint(*patterns: str) -> str:
    """A digest of names and contents. Hidden folders, where what we make ourselves lies, do not count."""
    digest = hashlib.sha256((ROOT / RUNTIME).read_bytes())
    found = {path.relative_to(ROOT) for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}
    for path in sorted(path for path in found if not path.parts[0].startswith(".")):
        digest.update(str(path).encode())
        digest.update((ROOT / path).read_bytes())
    return digest.hexdigest()
