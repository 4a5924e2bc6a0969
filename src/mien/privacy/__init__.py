"""What is allowed: the rules for notices and for pictures, without any storage."""

from mien.privacy.media import MediaGrant, check_grant
from mien.privacy.notice import Notice, check_notice

__all__ = ["MediaGrant", "Notice", "check_grant", "check_notice"]
