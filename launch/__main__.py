"""``python -m launch COMMAND``: see ``python -m launch help``.

With any Python it first makes sure of ``.venv``, then goes on as the environment's Python in this same process, so
that the terminal's Ctrl-C and a service manager's SIGTERM reach the one that answers them.
"""

import errno
import os
import sys

from launch import bootstrap
from launch.refusal import Refusal

LOCKS = {
    "run": bootstrap.RUNTIME,
    "manage": bootstrap.RUNTIME,
    "demo-reset": bootstrap.RUNTIME,
    "help": bootstrap.RUNTIME,
}


def main(arguments: "list[str]") -> int:
    command = arguments[0] if arguments else "help"
    try:
        bootstrap.refuse_old_python()
        bootstrap.ensure(LOCKS.get(command, bootstrap.DEVELOPMENT))
        if not bootstrap.inside_environment():
            os.chdir(str(bootstrap.ROOT))
            sys.stdout.flush()
            os.execv(str(bootstrap.PYTHON), [str(bootstrap.PYTHON), "-m", "launch", *arguments])
        from launch.commands import COMMANDS  # noqa: PLC0415  (needs the environment that was just made)

        if command not in COMMANDS:
            print(f"There is no command {command}.\n", file=sys.stderr)
            command = "help"
        return COMMANDS[command](arguments[1:])
    except Refusal as refusal:
        print(f"\n{refusal}", file=sys.stderr)
        if os.strerror(errno.ENOSPC) in str(refusal):
            print(f"\n{bootstrap.no_space()}", file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        print(f"\n{bootstrap.no_space()}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
