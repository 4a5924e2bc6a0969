"""Every connector by name, and those that a site file asks for.

Another customer system (Salesforce by its upsert on an external id, HubSpot by a unique property) is one more module
that fulfils the protocol, a table of `mien.site.crm` with its settings, and a line here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mien.crm.csv_files import CsvConnector
from mien.crm.dataverse import DataverseConnector
from mien.crm.webhook import WebhookConnector
from mien.errors import SettingError
from mien.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mien.crm.protocol import Connector
    from mien.site import Site

SETUP_S: Final = 300.0
"""Seconds for which the making of a table is waited for."""

CONNECTORS: Final[Registry[Connector]] = Registry(
    "connector", {"dataverse": DataverseConnector, "webhook": WebhookConnector, "csv": CsvConnector}
)
"""Connectors by the name of their table in the site file; their options are `settings` (that table) and `environ`."""


def open_connectors(site: Site, environ: Mapping[str, str] | None = None, **options: Any) -> list[Connector]:  # noqa: ANN401
    """The connectors of a site, not connected yet.

    Args:
        site: The site.
        environ: Environment variables; those of the process where left out.
        **options: What every connector takes besides: `answer_s`.

    Raises:
        SettingError: The site file asks for none, or a secret or certificate is not where it says.
    """
    wanted = [(name, table) for name, table in site.crm if table is not None]
    if not wanted:
        raise SettingError(
            f"The site file of '{site.name}' names no customer system; add a table "
            f"{', '.join(f'[crm.{name}]' for name in CONNECTORS.names)}."
        )
    return [CONNECTORS.make(name, settings=table, environ=environ, **options) for name, table in wanted]
