"""Photos are asked for with HEAD, and only where it is safe to ask."""

import pytest
from support.outbound import PUBLIC, Names, Network, guarded

from truestock.chassis.outbound import OutboundPolicy
from truestock.importer.clients.photos import MOST_PHOTOS, PhotoChecker

PHOTO = "https://photos.example/a.jpg"


def answer(status: int, *headers: str) -> list[bytes]:
    return ["\r\n".join([f"HTTP/1.1 {status} x", *headers, "Connection: close", "", ""]).encode()]


def checker(network: Network) -> PhotoChecker:
    return PhotoChecker(guarded(OutboundPolicy(), Names(), network))


async def test_a_photo_that_answers_is_fine() -> None:
    network = Network(answer(200))
    assert await checker(network)([PHOTO]) == {}
    assert network.written.startswith(b"HEAD /a.jpg ")


@pytest.mark.parametrize("status", [404, 500])
async def test_a_photo_that_is_missing_is_named_with_its_status(status: int) -> None:
    assert await checker(Network(answer(status)))([PHOTO]) == {PHOTO: f"the host answered {status}"}


async def test_a_redirect_is_not_followed() -> None:
    network = Network(answer(302, "Location: https://169.254.169.254/"))
    assert await checker(network)([PHOTO]) == {}
    assert network.connected == [(PUBLIC, 443)]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://photos.example/a.jpg", "its address is not https"),
        ("https://127.0.0.1/a.jpg", "its host is not public"),
        ("https://169.254.169.254/latest/meta-data", "its host is not public"),
        ("https://[::1]/a.jpg", "its host is not public"),
        ("https://0.0.0.0/a.jpg", "its host is not public"),
        ("https://photos.example:8443/a.jpg", "its port 8443 is not served"),
        ("file:///etc/passwd", "its address is not https"),
        ("https://", "its address is not https"),
        ("", "its address is not https"),
        ("https://[broken", "its host is not a valid name"),
        ("https://photos.example:port/a.jpg", "its address is malformed"),
        ("https://photos.example@10.0.0.1/a.jpg", "its address holds a user name or password"),
    ],
)
async def test_addresses_that_are_not_public_are_never_asked(url: str, why: str) -> None:
    network = Network()
    assert await checker(network)([url]) == {url: why}
    assert network.connected == []


async def test_a_host_that_does_not_answer_is_a_warning_not_an_error() -> None:
    assert await checker(Network(dead=[PUBLIC]))([PHOTO]) == {PHOTO: "the host did not answer"}


async def test_the_number_of_questions_is_bounded() -> None:
    network = Network(answer(200))
    await checker(network)([f"https://photos.example/{n}.jpg" for n in range(MOST_PHOTOS + 50)])
    assert len(network.connected) == MOST_PHOTOS
