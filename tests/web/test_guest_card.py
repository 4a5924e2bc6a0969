"""What an arrival card says of the guest: words in the language of the reader, a swatch beside each colour."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest

from mien.action import Situation
from mien.guests import COLOURS, ArrivalLook, Came, Colour, GuestLook, Place, Unnamed
from mien.store import Store
from mien.web.alerting import shown
from mien.web.rendering import environment
from mien.web.texts import language
from support.alerts import raised
from support.new_store import ready_made

SEEN = datetime(2026, 5, 5, 8, 0, 7, tzinfo=UTC)
TWO = GuestLook((Colour.BLUE, Colour.WHITE), None, (Came.FROM_LEFT, Came.TOWARDS), Place.MIDDLE)
NONE = GuestLook((), Unnamed.DARK, (), Place.RIGHT_EDGE)


def card(guest, language="en"):
    template = environment(language).from_string(
        "{% from '_guest.html.j2' import guest %}{{ guest(look, zone) }}"
    )
    return template.render(look=ArrivalLook("door", SEEN, guest), zone=ZoneInfo("Europe/Paris"))


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page)).strip()


def test_it_says_garment_way_place_and_the_time_at_the_site():
    assert words(card(TWO)) == (
        "Upper garment: blue and white Came in: from the left, towards the camera "
        "Last seen: in the middle of the picture First seen at 10:00:07"
    )
    assert words(card(NONE)) == (
        "Upper garment: cannot tell: it is too dark to tell colours "
        "Last seen: near the right edge of the picture First seen at 10:00:07"
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", "bleu et blanc"), ("es", "azul y blanco"), ("ru", "синий и белый"), ("uk", "синій і білий")],
)
def test_it_says_it_in_the_language_of_the_reader(language, said):
    told = words(card(TWO, language))
    assert said in told
    assert not re.search(r"[Gg]arment|left|picture|camera", told)


def test_every_colour_has_a_swatch_and_none_needs_a_style_attribute():
    sheet = files("mien.web").joinpath("static/guest.css").read_text()
    assert [one for one in COLOURS if f".swatch.{one}{{" not in sheet] == []
    page = card(TWO)
    assert 'class="swatch blue"' in page
    assert "style" not in page


def test_an_alert_tells_which_guest_it_is_about_for_as_long_as_that_is_known(tmp_path):
    with Store.open(ready_made(tmp_path / "s.sqlite")) as store:
        one = shown(raised(store, Situation.ARRIVAL_TIRED), language("en"), None)
    template = environment("en").from_string(
        "{% from '_alerts.html.j2' import card with context %}{{ card(one, zone, {}, false, look) }}"
    )
    told = {"one": one, "zone": ZoneInfo("Europe/Paris"), "spoken": language("en")}
    assert "Upper garment: blue and white" in words(
        template.render(look=ArrivalLook("door", SEEN, TWO), **told)
    )
    assert "Upper garment" not in template.render(look=None, **told)
