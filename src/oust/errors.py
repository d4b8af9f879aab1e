"""The one error that users see, and the exit codes they may rely on."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of every `oust` command."""

    OK = 0
    FOUND = 1  # reserved for commands that gate, such as `oust gate`
    USAGE = 2  # the command line or a file given to it is wrong
    BUSY = 3  # another process holds the case
    FAILED = 4  # the work could not be finished
    INTERRUPTED = 130


class OustError(Exception):
    """A problem to be told to the user in one line, with what to do next.

    `message` says what is wrong, `hint` what to do about it, `code` is the exit code.
    """

    def __init__(self, message: str, hint: str = "", code: Exit = Exit.USAGE) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code
