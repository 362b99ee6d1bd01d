"""Photos are where sellers say they are; the validator asks only hosts that may be asked."""

import pytest
from support.outbound import PUBLIC, Names, Network, guarded

from truestock.chassis.outbound import OutboundPolicy
from truestock.validator.clients import PhotoProber

PHOTO = "https://photos.example/a.jpg"


@pytest.mark.parametrize(
    "url", ["http://photos.example/a.jpg", "https://169.254.169.254/a.jpg", "https://2130706433/a.jpg"]
)
async def test_a_photo_that_may_not_be_asked_for_does_not_answer(url: str) -> None:
    network = Network()
    reach = PhotoProber(guarded(OutboundPolicy(), Names(), network))
    assert await reach([url]) == {url: False}
    assert network.connected == []


async def test_a_refused_host_is_not_taken_for_a_silent_one() -> None:
    names = Names(*[["10.0.0.1"]] * 5, [PUBLIC])
    reach = PhotoProber(guarded(OutboundPolicy(), names, Network()), concurrency=1)
    inner = [f"https://photos.example/{number}.jpg" for number in range(5)]
    assert await reach(inner) == dict.fromkeys(inner, False)
    assert await reach([PHOTO]) == {PHOTO: True}


async def test_a_host_s_photos_are_asked_for_over_one_connection() -> None:
    no_body = b"HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n"  # HEAD: as long as the photo is
    network = Network([no_body] * 3)
    reach = PhotoProber(guarded(OutboundPolicy(), Names(), network), concurrency=1)
    photos = [f"https://photos.example/{number}.jpg" for number in range(3)]
    assert await reach(photos) == dict.fromkeys(photos, True)
    assert len(network.connected) == 1
