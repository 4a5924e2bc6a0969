"""`mien crm check` and `mien crm setup`, and the tables of the site file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from mien.cli.app import run
from mien.site import check_site
from support.crm_worlds import HOOK_SECRET, DataverseWorld
from support.dataverse import CLIENT_SECRET

if TYPE_CHECKING:
    from starlette.requests import Request

    from support.crm_worlds import Hosts

HEAD = (
    'name = "Lyon 2"\ntime_zone = "Europe/Paris"\n[touchpoints.door]\nrole = "entrance"\n'
    '[cameras.door]\ntouchpoint = "door"\nfile = "door.mp4"\n'
)


def site(tmp_path: Path, crm: str) -> str:
    path = tmp_path / "shop.toml"
    path.write_text(HEAD + crm)
    return str(path)


def test_setup_shows_then_makes_and_check_goes_from_no_to_ok(
    dataverse_file: str, dataverse: DataverseWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["crm", "check", dataverse_file]) == 1
    found = capsys.readouterr().out
    assert (
        "\nno  table mien_visit: It is not there; 'mien crm setup FILE.toml' shows and makes what is missing.\n"
        in found
    )
    assert run(["crm", "setup", dataverse_file]) == 0
    shown = capsys.readouterr().out
    assert "  table mien_visit with 20 columns\n" in shown
    assert shown.endswith("Make it with --yes.\n")
    assert dataverse.server.asked("POST") == []
    assert run(["crm", "setup", dataverse_file, "--yes"]) == 0
    assert "  alternate key of contact: mien_reference: made\n" in capsys.readouterr().out
    assert run(["crm", "setup", dataverse_file, "--yes"]) == 0
    assert "nothing is missing in http://127.0.0.1" in capsys.readouterr().out
    assert run(["crm", "check", dataverse_file]) == 0
    told = capsys.readouterr().out
    assert "no  " not in told
    assert CLIENT_SECRET not in told


@pytest.fixture
def dataverse_file(dataverse: DataverseWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("APP_SECRET", CLIENT_SECRET)
    return site(tmp_path, dataverse.table())


def test_a_folder_is_made_and_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = site(tmp_path, '[crm.csv]\nfolder = "out"\n')
    assert run(["crm", "check", file]) == 1
    assert "'mien crm setup FILE.toml' makes it" in capsys.readouterr().out
    assert run(["crm", "setup", file, "--yes"]) == 0
    assert run(["crm", "check", file]) == 0
    assert (tmp_path / "out").is_dir()


@pytest.mark.parametrize(
    ("crm", "said"),
    [
        ("", "names no customer system; add a table [crm.dataverse], [crm.webhook], [crm.csv]."),
        (
            '[crm.webhook]\nurl = "https://crm.example/hook"\nsecret = { env = "HOOK" }\n',
            "The secret of [crm.webhook] is none: it is 'whsec_' and 24 to 64 bytes in base64",
        ),
        (
            '[crm.webhook]\nurl = "https://crm.example/hook"\nsecret = { env = "NOT_SET" }\n',
            "The environment variable NOT_SET is not set",
        ),
    ],
)
def test_what_cannot_be_used_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, crm: str, said: str
) -> None:
    monkeypatch.setenv("HOOK", "whsec_dG9vIHNob3J0")
    assert run(["crm", "check", site(tmp_path, crm)]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert "dG9v" not in error


@pytest.mark.parametrize(
    ("crm", "said"),
    [
        (
            '[crm.webhook]\nurl = "http://crm.example/hook"\nsecret = { env = "X" }',
            "is not encrypted; it must",
        ),
        (
            '[crm.webhook]\nurl = "https://a:b@crm.example"\nsecret = { env = "X" }',
            "holds a user or a password",
        ),
        (
            f'[crm.webhook]\nurl = "https://crm.example"\nsecret = "{HOOK_SECRET}"',
            "stands in the file itself; write {",
        ),
        (
            '[crm.dataverse]\nurl = "https://x.crm4.dynamics.com/main.aspx"',
            "has more than a host; give it alone",
        ),
        ('[crm.salesforce]\nurl = "x"', "salesforce"),
    ],
)
def test_a_table_that_is_wrong_is_told_without_what_is_secret(tmp_path: Path, crm: str, said: str) -> None:
    problems = [str(one) for one in check_site(Path(site(tmp_path, crm))).problems]
    assert any(said in one for one in problems), problems
    assert not any(HOOK_SECRET in one or "a:b" in one for one in problems)


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (204, 0, "ok  access: %s answers. Whether it takes the signature shows with the first message."),
        (405, 0, "ok  access: %s answers. Whether"),
        (401, 1, "no  access: %s answers 401: it refuses the request."),
        (403, 1, "no  access: %s answers 403: it refuses the request."),
        (302, 1, "no  access: %s answers 302: it points elsewhere"),
        (429, 1, "no  access: %s answers 429: it cannot take anything now"),
        (410, 1, "no  access: %s answers 410; mend url under [crm.webhook]."),
        (503, 1, "no  access: %s answers 503; mend url under [crm.webhook]."),
    ],
)
def test_what_an_address_answers_is_told_and_a_refusal_is_one(
    hosts: Hosts,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    status: int,
    code: int,
    words: str,
) -> None:
    async def answer(_: Request) -> Response:
        return Response(status_code=status, headers={"Location": "/elsewhere"})

    hosts.system.app = Starlette(routes=[Route("/hook", answer, methods=["HEAD"])])
    monkeypatch.setenv("HOOK_SECRET", HOOK_SECRET)
    where = f"http://127.0.0.1:{hosts.crm}"
    table = f'[crm.webhook]\nurl = "{where}/hook"\nsecret = {{ env = "HOOK_SECRET" }}\n'
    assert run(["crm", "check", site(tmp_path, table)]) == code
    assert words % where in capsys.readouterr().out
