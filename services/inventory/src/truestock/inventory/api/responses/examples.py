"""Made-up ids, and how a model gets its example in OpenAPI."""

from typing import Any

from pydantic import ConfigDict

ITEM = "0192f0c1-2b7e-7c9a-8a51-5d1f0c6a7b10"
VARIANT = "0192f0c1-2b7f-7d02-9b3c-0f4e6a2d8c11"
CONNECTION = "5b1f6e1c-95a8-4a55-9d0e-8f5a3c1b2d33"
OTHER = "0192f0c1-2b80-7b44-8d90-1a2b3c4d5e66"


def example(**values: Any) -> ConfigDict:
    """The configuration of a model with an example in OpenAPI."""
    return ConfigDict(json_schema_extra={"examples": [values]})
