"""Keeps secrets out of logs and spans, whatever a library puts into its messages."""

import re

MASK = "[redacted]"

_PATTERNS = (
    # Authorization headers and bare bearer or basic credentials
    (re.compile(r"(?i)\b(bearer)\s+[A-Za-z0-9._~+/=-]{6,}"), rf"\1 {MASK}"),
    (re.compile(r"(?i)\b(basic)\s+[A-Za-z0-9+/]{12,}={0,2}"), rf"\1 {MASK}"),
    # what an OAuth callback carries in its query
    (re.compile(r"([?&](?:code|state)=)[^\s&\"']+"), rf"\1{MASK}"),
    # JSON web tokens
    (re.compile(r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*\.?[A-Za-z0-9_-]*"), MASK),
    # user:password in a URL
    (re.compile(r"(?i)([a-z][a-z0-9+.-]*://[^\s:/@]*):[^\s/@]+@"), rf"\1:{MASK}@"),
    # name=value, "name": "value", name='value'
    (
        re.compile(
            r"(?i)([\"']?\b(?:access_token|refresh_token|id_token|client_secret|password|secret|api[_-]?key"
            r"|x-api-key|authorization|code_verifier)[\"']?\s*[=:]\s*[\"']?)"
            r"(?!\[redacted\])[^\s\"'&,;}]{4,}"
        ),
        rf"\1{MASK}",
    ),
)


def redact(text: str) -> str:
    """``text`` with bearer tokens, JSON web tokens, passwords in URLs and secret-looking values masked."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text
