"""Credentials of a site file never reach the screen, and are there again when it is saved."""

from __future__ import annotations

import pytest

from mien.errors import SettingError
from mien.site.hidden import Hidden, hidden
from mien.site.template import template

SECRETS = {
    'password = "three herons"': "three herons",
    "password = 'three herons'": "three herons",
    'password = { clear = "three herons" }': "three herons",
    '"password"="three \\" herons"': "herons",
    'password = """three\nherons"""': "herons",
    '# password = "three herons"': "herons",
    'user = "anna"': "anna",
    'url = "rtsp://anna:her@ons@10.0.0.4/live"': "ons",
    'url = "http://10.0.0.4/v?user=anna&pwd=herons&n=1"': "herons",
    'url = "rtsp://10.0.0.4/user=anna_password=herons_channel=1"': "herons",
    'url = "rtsp://${A}:herons@10.0.0.4/live"': "herons",
}


@pytest.mark.parametrize("text", SECRETS)
def test_a_credential_is_hidden_and_comes_back(text: str) -> None:
    sign = Hidden()
    whole = f'name = "a"\n{text}\nlast = 1\n'
    shown = sign.hide(whole)
    assert SECRETS[text] not in shown
    assert SECRETS[text] not in hidden(whole)
    assert sign.put_back(shown, whole) == whole
    assert sign.hide(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        template("North", "Europe/Paris").replace('user = "mien"', ""),
        'password = "${A}"',
        'password = { env = "A" }',
        'password = { keyring = "door" }',
        'url = "rtsp://${A}:${B}@10.0.0.4/live"',
        'url = "rtsp://10.0.0.4:554/live"',
    ],
)
def test_what_names_a_place_is_shown_as_it_is(text: str) -> None:
    assert Hidden().hide(text) == text


def test_a_sign_of_another_process_or_for_a_password_that_is_gone_is_told_with_its_line() -> None:
    shown = Hidden().hide('a = 1\npassword = "three herons"\n')
    with pytest.raises(SettingError, match="line 2"):
        Hidden().put_back(shown, 'password = "three herons"')


def test_a_sign_that_is_moved_is_the_password_there() -> None:
    sign = Hidden()
    before = 'password = "three herons"\n'
    assert sign.put_back(f"# moved\n{sign.hide(before)}", before) == f"# moved\n{before}"
