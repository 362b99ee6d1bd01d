"""Generate Strimzi's KafkaTopics from the contracts' list: ``python topics.py > base/topics.yaml``."""

from typing import Any

import yaml

from truestock.contracts.topics import ALL_TOPICS, Topic

REPLICAS = 3
MIN_INSYNC_REPLICAS = 2
CLUSTER = "truestock"


def resource(topic: Topic) -> dict[str, Any]:
    """The KafkaTopic of one topic, as production runs it (replication 3, two in sync)."""
    return {
        "apiVersion": "kafka.strimzi.io/v1",
        "kind": "KafkaTopic",
        "metadata": {"name": topic.name, "labels": {"strimzi.io/cluster": CLUSTER}},
        "spec": {
            "partitions": topic.partitions,
            "replicas": REPLICAS,
            "config": {**topic.config(), "min.insync.replicas": str(MIN_INSYNC_REPLICAS)},
        },
    }


def render() -> str:
    """The text of base/topics.yaml."""
    head = "# Generated from truestock.contracts.topics by deploy/k8s/topics.py; `make manifests` compares.\n"
    body: str = yaml.safe_dump_all([resource(topic) for topic in ALL_TOPICS], sort_keys=False)
    return head + body


if __name__ == "__main__":
    print(render(), end="")
