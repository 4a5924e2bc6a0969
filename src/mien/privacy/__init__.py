"""What is allowed: the rules for notices, pictures, consents and keeping, without any storage."""

from mien.privacy.consent import Consent, Purpose, check_reference
from mien.privacy.keeping import KeepDays, expiry
from mien.privacy.media import MediaGrant, check_grant
from mien.privacy.notice import Notice, check_notice

__all__ = [
    "Consent",
    "KeepDays",
    "MediaGrant",
    "Notice",
    "Purpose",
    "check_grant",
    "check_notice",
    "check_reference",
    "expiry",
]
