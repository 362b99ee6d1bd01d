"""Probes and metrics. Ready means: it can do its work now."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from truestock.chassis.app.process import ServiceProcess
from truestock.chassis.problems import problem

router = APIRouter(tags=["health"], include_in_schema=False)


def _process(request: Request) -> ServiceProcess:
    process: ServiceProcess = request.app.state.process
    return process


@router.get("/livez")
async def live() -> dict[str, str]:
    """The process answers; says nothing about what it needs."""
    return {"status": "alive"}


@router.get("/startupz")
async def started(request: Request) -> Response:
    """The process finished starting."""
    if _process(request).is_started:
        return JSONResponse({"status": "started"})
    return problem(503, "starting", "The service is starting.", "Wait a moment.")


@router.get("/readyz")
async def ready(request: Request) -> Response:
    """Database reachable and migrated, consumer groups formed, the broker answers, not stopping."""
    reasons = await _process(request).unready()
    if not reasons:
        return JSONResponse({"status": "ready"})
    named = "; ".join(f"{what}: {why}" for what, why in reasons.items())
    return problem(
        503,
        "not_ready",
        f"The service is not ready ({named}).",
        "Wait, or look at what is named.",
        reasons=reasons,
    )


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Prometheus text."""
    await _process(request).observe()
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
