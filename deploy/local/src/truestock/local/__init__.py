"""The local stack: PostgreSQL, a Kafka-protocol broker, the sandbox and the four services on this machine.

One description (:class:`truestock.local.stack.Stack`) stands behind ``make demo``, ``make run`` and the
tests' fixtures. Development and tests only: the embedded broker keeps its log in memory.
"""
