"""A Kafka-protocol broker: embedded (Tansu), Apache Kafka itself, or one that runs elsewhere."""

from truestock.local.broker.interface import Broker, BrokerMode, ExternalBroker, start_broker
from truestock.local.broker.topics import create_topics

__all__ = ["Broker", "BrokerMode", "ExternalBroker", "create_topics", "start_broker"]
