"""``make bench``: small and large data one after the other; ``ARGS="small"`` one of them, ``keep`` what was loaded."""

import json
import os
import platform
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.dataset import SIZES
from bench.report import compared, table_of
from bench.run import Run
from launch.bootstrap import ROOT
from launch.refusal import Refusal
from launch.supervisor import StopAsked


def main(arguments: list[str]) -> int:
    unknown = set(arguments) - {*SIZES, "keep"}
    if unknown:
        raise Refusal(f"make bench knows ARGS of {', '.join(SIZES)} and keep, not {', '.join(sorted(unknown))}.")
    if os.environ.get("DATABASE_URL") or os.environ.get("REDIS_URL"):
        raise Refusal("make bench measures servers of its own: unset DATABASE_URL and REDIS_URL.")
    place = Path(os.environ.get("DATA_DIR") or ROOT / ".data")
    given = os.environ.get("BENCH_DATA")
    sizes = [size for size in SIZES if size in arguments] or (["given"] if given else list(SIZES))
    found: dict[str, dict[str, Any]] = {}
    for size in sizes:
        run = Run(place / "bench", size, Path(given).resolve() if given else None)
        if "keep" not in arguments:
            run.forget()
        found[size] = run.measure()
        print(table_of(size, found[size]), flush=True)
    if len(found) == len(SIZES):
        print(compared(found["small"], found["large"]))
    (place / "bench.json").write_text(json.dumps(_as_json(found), indent=1))
    print(f"\nAll figures: {place / 'bench.json'}")
    return 0


def _as_json(found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "machine": {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()},
        **{
            size: {**of, "pages": {name: asdict(timing) for name, timing in of["pages"].items()}}
            for size, of in found.items()
        },
    }


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Refusal as refusal:
        print(f"\n{refusal}", file=sys.stderr)
        sys.exit(1)
    except StopAsked:
        sys.exit(130)
