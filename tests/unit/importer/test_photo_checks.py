"""Photos are asked for with HEAD, and only where it is safe to ask."""

from collections.abc import Callable

import httpx
import pytest

from truestock.importer.clients.photos import MOST_PHOTOS, PhotoChecker

TRUSTED = "http://127.0.0.1:9"
Handler = Callable[[httpx.Request], httpx.Response]


def checker(handler: Handler) -> tuple[PhotoChecker, list[httpx.Request]]:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return handler(request)

    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return PhotoChecker(http, [f"{TRUSTED}/etsy/v3/application"]), asked


async def test_a_photo_that_answers_is_fine() -> None:
    check, asked = checker(lambda request: httpx.Response(200))
    assert await check([f"{TRUSTED}/a.jpg"]) == {}
    assert [request.method for request in asked] == ["HEAD"]


@pytest.mark.parametrize("status", [404, 500])
async def test_a_photo_that_is_missing_is_named_with_its_status(status: int) -> None:
    check, _ = checker(lambda request: httpx.Response(status))
    assert await check([f"{TRUSTED}/a.jpg"]) == {f"{TRUSTED}/a.jpg": f"the host answered {status}"}


async def test_a_redirect_is_not_followed() -> None:
    check, asked = checker(
        lambda request: httpx.Response(302, headers={"location": "http://169.254.169.254/"})
    )
    assert await check([f"{TRUSTED}/a.jpg"]) == {}
    assert len(asked) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/a.jpg",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1/a.jpg",
        "http://[::1]/a.jpg",
        "http://0.0.0.0/a.jpg",
        "file:///etc/passwd",
        "ftp://127.0.0.1/a.jpg",
        "http://",
        "http://[broken",
        f"{TRUSTED}@10.0.0.1/a.jpg",
    ],
)
async def test_addresses_that_are_not_public_are_never_asked(url: str) -> None:
    check, asked = checker(lambda request: httpx.Response(200))
    assert url in await check([url])
    assert asked == []


async def test_a_host_that_does_not_answer_is_a_warning_not_an_error() -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    check, _ = checker(fail)
    assert await check([f"{TRUSTED}/a.jpg"]) == {f"{TRUSTED}/a.jpg": "the host did not answer"}


async def test_the_number_of_questions_is_bounded() -> None:
    check, asked = checker(lambda request: httpx.Response(200))
    await check([f"{TRUSTED}/{n}.jpg" for n in range(MOST_PHOTOS + 50)])
    assert len(asked) == MOST_PHOTOS
