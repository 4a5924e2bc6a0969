"""Pages of a simulated store that is still being filled say how far it is."""

from starlette.testclient import TestClient

from mien.privacy.roles import Grant, Role
from mien.store import Store
from mien.web.access import Visitor
from mien.web.app import Filling, create_app
from mien.web.settings import WebSettings

ANNA = Visitor("anna", "Anna", (Grant(Role.MANAGER),))


def test_pages_of_a_store_that_is_being_filled_say_so(tmp_path):
    with Store.open(tmp_path / "s.sqlite") as store:
        store.sites.enter_simulated("Simulated Lyon")
        filling = Filling(done=90, of=270)
        app = create_app(WebSettings(), store, identify=lambda _: ANNA, filling=filling)
        asked = TestClient(app, base_url="http://localhost", headers={"Accept": "text/html"})
        assert "33 % of the days are there" in asked.get("/moods").text
        filling.done = 270
        assert "of the days are there" not in asked.get("/moods").text
