"""One spelling per store, and no address that keys should not be sent to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truestock.marketplaces import registry
from truestock.marketplaces.authorization import StoreRefused
from truestock.marketplaces.woocommerce.stores import store_address

OAUTH = registry.get("woocommerce").oauth


@pytest.mark.parametrize(
    ("given_address", "expected"),
    [
        ("https://shop.example", "https://shop.example"),
        (" https://Shop.Example/ ", "https://shop.example"),
        ("shop.example", "https://shop.example"),
        ("HTTPS://shop.example.:443/de/Laden//"[:-1], "https://shop.example/de/Laden"),
        ("https://shop.example:8443/x", "https://shop.example:8443/x"),
        ("https://töpferei.example", "https://xn--tpferei-90a.example"),
        ("http://127.0.0.1:8080/woocommerce/main", "http://127.0.0.1:8080/woocommerce/main"),
        ("http://localhost/", "http://localhost"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://127.0.0.1", "https://127.0.0.1"),
    ],
)
def test_a_store_has_one_spelling(given_address: str, expected: str) -> None:
    assert OAUTH.store(given_address) == expected
    assert OAUTH.store(expected) == expected


@pytest.mark.parametrize(
    "address",
    [
        "http://shop.example",
        "ftp://shop.example",
        "https://user:secret@shop.example",
        "https://user@shop.example",
        "https://shop.example?x=1",
        "https://shop.example/#top",
        "https://shop.example\\@evil.example",
        "https://shop.example/a/../b/%2e%2e",
        "https://shop.example/{store}",
        "https://shop.example/a b",
        "https://shop.example/a//b",
        "https://10.0.0.1",
        "https://93.184.216.34",
        "https://[2001:db8::1]",
        "https://[::ffff:127.0.0.1]",
        "https://2130706433",
        "https://0x7f.1",
        "https://127.1",
        "https://shop.example.0x7f000001",
        "https://intranet",
        "https://-shop.example",
        "https://shop_.example",
        "https://shop.example:99999",
        "https://",
        "//shop.example",
        "https://shop.exam\nple",
        "https://shop.exa\x00mple",
        "javascript:alert(1)",
        "https://" + "a." * 200 + "example",
    ],
)
def test_what_is_no_store_is_refused_with_a_reason(address: str) -> None:
    with pytest.raises(StoreRefused) as refused:
        OAUTH.store(address)
    assert "secret" not in str(refused.value)


def test_no_store_is_none() -> None:
    assert OAUTH.store(None) is None


@given(st.text(max_size=60))
def test_no_text_breaks_it_and_its_answers_are_stable(text: str) -> None:
    try:
        address = store_address(text)
    except StoreRefused:
        return
    assert store_address(address) == address
    assert "{" not in address
    assert "?" not in address
