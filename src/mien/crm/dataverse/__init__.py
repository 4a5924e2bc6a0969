"""Microsoft Dynamics 365 and Dataverse."""

from mien.crm.dataverse.connector import DataverseConnector

__all__ = ["DataverseConnector"]
