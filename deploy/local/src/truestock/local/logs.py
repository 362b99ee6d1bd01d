"""Log lines as a person wants to see them in an error: short, and without the stack trace's middle."""

import json

_WIDTH = 300
_NOT_THE_ERROR = (" ", "[", "(", "Traceback", "The above", "During handling")


def readable(line: str) -> str:
    """A structured line as ``LEVEL message: what was raised``; any other line as it is; both cut to size."""
    try:
        record = json.loads(line)
    except ValueError:
        record = None
    if isinstance(record, dict) and "message" in record:
        raised = str(record.get("exception") or "").strip().splitlines()
        line = f"{record.get('level', '')} {record['message']}".strip()
        # A driver's error continues below the line that names it with statement and links.
        named = [
            text for text in raised if text and not text.startswith((" ", "[", "(", "Traceback", "The above"))
        ]
        line = f"{line}: {named[-1]}" if named else line
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 1]}…"
