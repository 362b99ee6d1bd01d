"""Turn telemetry on for a process."""

from dataclasses import dataclass

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

from truestock.chassis.settings import ServiceSettings
from truestock.chassis.telemetry.file_exporter import JsonLinesExporter
from truestock.chassis.telemetry.logs import configure_logging


@dataclass(frozen=True, slots=True)
class Telemetry:
    """What was set up, to be shut down at the end."""

    provider: TracerProvider | None

    def shutdown(self) -> None:
        """Export what is left and stop."""
        if self.provider is not None:
            self.provider.force_flush(5_000)
            self.provider.shutdown()


def setup(service: str, settings: ServiceSettings) -> Telemetry:
    """JSON logs on stderr; spans to TRACE_FILE or OTLP_ENDPOINT, nowhere without them. Once per process."""
    configure_logging(service, settings.log_level)
    exporter = _exporter(settings)
    if exporter is None:
        return Telemetry(None)
    provider = TracerProvider(
        sampler=ParentBased(TraceIdRatioBased(settings.trace_ratio)),
        resource=Resource.create({"service.name": f"truestock-{service}", "service.namespace": "truestock"}),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(
        BatchSpanProcessor(
            exporter, max_queue_size=65_536, max_export_batch_size=4_096, schedule_delay_millis=500
        )
    )
    trace.set_tracer_provider(provider)
    return Telemetry(provider)


def _exporter(settings: ServiceSettings) -> SpanExporter | None:
    if settings.trace_file is not None:
        return JsonLinesExporter(settings.trace_file)
    if settings.otlp_endpoint:
        # imported on demand: it costs 50 ms and 10 MiB that a process without it should not pay
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        return OTLPSpanExporter(endpoint=settings.otlp_endpoint)
    return None
