"""Ports: free ones, and what a person reads when a wanted one is taken."""

import socket
import subprocess
import sys

import pytest

from truestock.local.errors import StackError
from truestock.local.ports import HELD, HIGHEST, LOWEST, free_port, is_free, require_free

ONLY = """
from truestock.local import ports
ports.LOWEST = ports.HIGHEST = {port}
print(ports.free_port())
"""


def test_a_free_port_lies_below_the_range_of_outgoing_connections() -> None:
    port = free_port()
    assert LOWEST <= port <= HIGHEST
    assert is_free(port)


def test_a_port_that_was_given_out_is_given_to_no_other_process() -> None:
    port = free_port()
    other = [sys.executable, "-c", ONLY.format(port=port)]
    done = subprocess.run(other, capture_output=True, text=True, check=False)  # our own code
    assert "No free TCP port was found" in done.stderr
    assert is_free(port)


def test_ports_that_were_given_out_all_differ_without_being_told() -> None:
    given = [free_port() for _ in range(HELD)]
    assert len(set(given)) == HELD


def test_a_port_in_use_is_refused_with_cause_and_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(StackError) as refused:
            require_free(port, "the importer", "IMPORTER_PORT")
    assert f"Port {port}" in refused.value.cause
    assert "the importer" in refused.value.cause
    assert "IMPORTER_PORT" in refused.value.remedy


@pytest.mark.parametrize("port", [0, -1, 65_536])
def test_a_number_that_is_no_port_is_refused(port: int) -> None:
    with pytest.raises(StackError, match="is no TCP port"):
        require_free(port, "the sandbox", "SANDBOX_PORT")
