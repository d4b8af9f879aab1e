"""The command line: parse, call `case`, show. No logic of its own."""

from __future__ import annotations

import signal
import sys
from typing import Any

from oust import __version__
from oust.errors import Exit, OustError


def main() -> None:
    """Entry point of the `oust` command. Returns by `SystemExit` with an `Exit` code."""
    if sys.argv[1:] == ["--version"]:
        print(f"oust {__version__}")
        return
    sys.meta_path.insert(0, _NoPandas())
    _end_as_interrupted()
    from oust.commands import root

    sys.exit(run(root, sys.argv[1:]))


def _end_as_interrupted() -> None:
    """Let a request to end, or a closed terminal, be an interruption: workers and folders go."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # else `nohup` asked
            signal.signal(number, signal.default_int_handler)


class _NoPandas:
    """Keeps pandas out: nothing here uses it, and Arrow imports it on sight, for over a second."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        """Refuse pandas, leave everything else to the other finders."""
        if name == "pandas":
            raise ModuleNotFoundError("pandas is not used by oust", name=name)


def run(command: Any, arguments: list[str]) -> int:
    """Run the command line; the one place that prints errors and sets the exit code."""
    import click

    try:
        code = command.main(args=arguments, prog_name="oust", standalone_mode=False)
        return int(code or 0)
    except OustError as error:
        _tell(error.message, error.hint)
        return int(error.code)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return int(Exit.USAGE)
    except (click.Abort, KeyboardInterrupt):
        _tell("interrupted; what was saved so far is kept", "run the same command to go on")
        return int(Exit.INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        return int(Exit.OK)
    except Exception as error:
        return _engine_failed(error)


def _engine_failed(error: Exception) -> int:
    """Tell a failure of the store, such as a full disk; anything else is our fault and is shown."""
    from oust.store import as_problem

    problem = as_problem(error)
    if problem is None:
        raise error
    _tell(problem.message, problem.hint)
    return int(problem.code)


def _tell(message: str, hint: str) -> None:
    from oust.report.words import safe

    print(f"oust: {safe(message)}", file=sys.stderr)
    if hint:
        print(f"      {safe(hint)}", file=sys.stderr)
