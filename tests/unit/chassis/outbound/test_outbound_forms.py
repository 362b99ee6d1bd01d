"""How an address may be written: odd spellings are refused before anything is looked up."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.outbound import PUBLIC, Names, Network, guarded

from truestock.chassis.outbound import AddressRefused, OutboundPolicy, check_url

STRICT = OutboundPolicy()
LOCAL = OutboundPolicy(private_networks=(ip_network("127.0.0.0/8"), ip_network("::1/128")))

MISSPELLED = [
    "https://2130706433/",
    "https://0x7f000001/",
    "https://017700000001/",
    "https://0177.0.0.1/",
    "https://0x7f.1/",
    "https://127.1/",
    "https://127.0.0.1./",
    "https://127.0.0.0x1/",
    "https://256.1.1.1/",
    "https://1.2.3.4.5/",
    "https://evil.example.127/",
    "https://[fe80::1%25eth0]/",
    "https://[fe80::1%eth0]/",
    "https://[::1%25lo]/",
    "https://%31%32%37.0.0.1/",
    "https://１２７.０.０.１/",
    "https://①②⑦.0.0.1/",
    "https://shop.example./",
    "https://shop..example/",
    "https://-shop.example/",
    "https://sho p.example/",
    f"https://{'a' * 64}.example/",
    f"https://{'a.' * 130}example/",
    "https:///path",
    "https://",
    "shop.example",
    "//shop.example/",
    "file:///etc/passwd",
    "gopher://shop.example/",
    "javascript://shop.example/",
    "https://user@shop.example/",
    "https://user:secret@shop.example/",
    "https://shop.example\\@127.0.0.1/",
    "https://shop.example@127.0.0.1/",
    "https://shop.example:0/",
    "https://shop.example:99999/",
    "https://[broken",
    "https://shop.example/\x00",
]


@pytest.mark.parametrize("url", MISSPELLED)
@pytest.mark.parametrize("policy", [STRICT, LOCAL], ids=["strict", "local"])
async def test_odd_spellings_are_refused_everywhere_and_nothing_is_looked_up(
    url: str, policy: OutboundPolicy
) -> None:
    with pytest.raises(AddressRefused):
        check_url(url, policy)


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/",
        "https://shop.example:8443/",
        "https://127.0.0.1/",
        "https://127。0。0。1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[::127.0.0.1]/",
        "https://[64:ff9b::127.0.0.1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/",
        "https://LOCALHOST/",
        "https://shop.localhost/",
        "https://metadata.google.internal/",
        "https://printer.local/",
        "https://kubernetes/",
    ],
)
async def test_inner_hosts_http_and_other_ports_are_refused_unless_local(url: str) -> None:
    names, network = Names(), Network()
    async with guarded(STRICT, names, network) as http:
        with pytest.raises(AddressRefused):
            await http.get(url)
    assert (names.asked, network.connected) == ([], [])


@pytest.mark.parametrize(
    "url",
    ["https://169.254.169.254/", "http://169.254.169.254/", "http://[fd00:ec2::254]/", "http://10.0.0.1/"],
)
def test_a_local_stack_reaches_only_the_networks_that_it_names(url: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(url, LOCAL)


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example/a?b=c#d",
        "https://SHOP.example:443/",
        "https://bücher.example/",
        f"https://{PUBLIC}/",
    ],
)
def test_the_usual_spellings_pass(url: str) -> None:
    assert check_url(url, STRICT).scheme == "https"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8090/", "http://localhost:1/", "https://[::1]:2/", "http://sandbox/"]
)
def test_a_local_stack_is_written_as_it_is(url: str) -> None:
    check_url(url, LOCAL)


@given(st.integers(0, 2**32 - 1), st.sampled_from(["{:d}", "{:#x}", "0{:o}"]))
def test_no_number_is_a_host(number: int, spelling: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(f"https://{spelling.format(number)}/", LOCAL)


def test_a_refusal_says_what_to_do_and_repeats_no_secret() -> None:
    with pytest.raises(AddressRefused) as refused:
        check_url("https://user:canary@shop.example/", STRICT)
    assert str(refused.value) == "Its address holds a user name or password. Leave them out."
