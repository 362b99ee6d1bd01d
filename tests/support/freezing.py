"""Freeze a broker: its connections stay open and nothing answers, as behind a cut network."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from truestock.local.broker import Broker
from truestock.local.broker.containers import ContainerKafka
from truestock.local.broker.jars import JarKafka


@contextmanager
def frozen(broker: Broker) -> Iterator[None]:
    """Stopped until the end of the block; it keeps its log and its memory."""
    if isinstance(broker, ContainerKafka):
        container = broker._container.get_wrapped_container()
        container.pause()
        try:
            yield
        finally:
            container.unpause()
        return
    assert isinstance(broker, JarKafka), "another broker's process is not ours to freeze"
    assert broker.child is not None
    os.kill(broker.child.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(broker.child.pid, signal.SIGCONT)
