"""The newest revision of a service is Alembic's head, although Alembic is not asked."""

from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from truestock.chassis.migrations import newest_revision

SERVICES = Path(__file__).parents[3] / "services"


@pytest.mark.parametrize("folder", sorted(SERVICES.glob("*/migrations")), ids=lambda found: found.parent.name)
def test_the_newest_revision_of_a_service_is_alembics_head(folder: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    assert newest_revision(folder) == ScriptDirectory.from_config(config).get_current_head()


@pytest.mark.parametrize(
    ("revisions", "found"),
    [({}, "0 newest"), ({"0001": None, "0002": "0001", "0003": "0001"}, r"2 newest.*'0002', '0003'")],
    ids=["none", "a fork"],
)
def test_none_and_a_fork_are_refused(tmp_path: Path, revisions: dict[str, str | None], found: str) -> None:
    (tmp_path / "versions").mkdir()
    for name, before in revisions.items():
        follows = f'"{before}"' if before else "None"
        (tmp_path / "versions" / f"{name}_x.py").write_text(
            f'revision = "{name}"\ndown_revision = {follows}\n'
        )
    with pytest.raises(ValueError, match=found):
        newest_revision(tmp_path)
