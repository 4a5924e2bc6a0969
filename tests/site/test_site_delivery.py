"""The broker of a site file: what is allowed, what is warned of, and that its password is seen nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from mien.site import Checked

SECRET = "hunter2-Zx"
BROKER = '\n[delivery.mqtt]\nhost = "broker.example"\n'
MAIL = '[delivery.email]\nhost = "mail.example"\nsender = "mien@shop.example"\nto = ["ana@shop.example"]\n'


@pytest.mark.parametrize(
    ("more", "shown"),
    [
        ("", "mqtt://broker.example:1883"),
        ("tls = true\n", "mqtts://broker.example:8883"),
        ("port = 9000\n", "mqtt://broker.example:9000"),
        ("tls = true\nport = 9000\n", "mqtts://broker.example:9000"),
    ],
)
def test_a_broker_is_understood(check: Callable[..., Checked], more: str, shown: str) -> None:
    site = check(more=BROKER + more).site
    assert site is not None
    assert site.delivery.mqtt is not None
    assert site.delivery.mqtt.shown == shown


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("[delivery.mqtt]\n", "delivery.mqtt.host is missing; give the name or address of the broker alone"),
        (
            f'[delivery.mqtt]\nhost = "mqtt://mien:{SECRET}@broker"\n',
            "delivery.mqtt.host: is more than a host",
        ),
        (f'[delivery.mqtt]\nhost = "{SECRET}@broker"\n', "delivery.mqtt.host: is no host; give its name"),
        ('[delivery.mqtt]\nhost = "broker:1883"\n', "delivery.mqtt.host: is more than a host; give it alone"),
        (f'[delivery.mqtt]\nhost = ["{SECRET}"]\n', "delivery.mqtt.host has a value that is not allowed"),
        (f"{BROKER}port = 0\n", "delivery.mqtt.port is 0; give its port, 1 to 65535"),
        (f'{BROKER}password = "{SECRET}"\n', "has a password and no user; give both"),
        (f'{BROKER}ca_file = "ca.pem"\n', "has a ca_file without TLS; write tls = true"),
        (f'{BROKER}topic_prefix = "a/+/b"\n', "delivery.mqtt.topic_prefix is 'a/+/b'; give how topics begin"),
        (f'{BROKER}topic_prefix = "/a"\n', "delivery.mqtt.topic_prefix is '/a'; give"),
        (f"{BROKER}qos = 2\n", "delivery.mqtt.qos: is not known"),
        (
            '[delivery.pigeon]\nurl = "x"\n',
            "delivery.pigeon: is not known; [delivery] may have mqtt, webhook",
        ),
        (f'[delivery.webhook]\nurl = "https://x:{SECRET}@hook.example/"\n', "holds a user or a password"),
        (
            f'[delivery.webhook]\nurl = "https://hook.example"\nsecret = "{SECRET}"\n',
            "stands in the file itself",
        ),
        (f'{MAIL}user = "mien"\n', "has a user or a password and not both"),
        (f'{MAIL}user = "mien"\npassword = "{SECRET}"\n', "stands in the file itself"),
        (
            f'{MAIL}security = "none"\nuser = "mien"\npassword = {{ env = "MAIL" }}\n',
            "would send the password in clear",
        ),
        (f'{MAIL}raised = ["weather"]\n', "delivery.email.raised"),
        (f"{MAIL.replace('ana@shop.example', 'Ana')}", "delivery.email.to"),
        (f'[delivery.apprise]\nurls = ["slack://{SECRET}"]\n', "stands in the file itself"),
        ("[delivery.apprise]\nurls = []\n", "delivery.apprise.urls"),
    ],
)
def test_a_wrong_one_is_told_with_what_is_allowed(
    check: Callable[..., Checked], table: str, words: str
) -> None:
    checked = check(more=f"\n{table}")
    assert checked.site is None
    assert any(words in str(problem) for problem in checked.problems), checked.problems
    assert all(SECRET not in str(problem) for problem in checked.problems)


def test_what_is_allowed_and_unwise_is_warned_of(check: Callable[..., Checked], day: date) -> None:
    known = {"DOOR_PASSWORD": "x"}

    def remarks(more: str) -> str:
        return "\n".join(str(one) for one in check(more=BROKER + more).remarks(day, known))

    clear = remarks(f'user = "mien"\npassword = "{SECRET}"\n')
    assert "the password of the broker can be read by anybody who sees this file" in clear
    assert "without TLS the password for mqtt://broker.example:1883 crosses the network as it is" in clear
    assert SECRET not in clear
    unset = remarks('tls = true\nca_file = "ca.pem"\nuser = "mien"\npassword = { env = "MQ" }\n')
    assert "the environment variable MQ is not set here, so events cannot be delivered from here" in unset
    assert "there is no file" in unset
    assert "without TLS" not in unset
    assert remarks("") == ""
