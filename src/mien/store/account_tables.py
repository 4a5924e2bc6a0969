"""Tables of users and of what they do: `mien.store.accounts` and its neighbours tell what stands in them.

```
users ─┬─ grants        roles at sites
       ├─ identities    who they are elsewhere (OIDC)
       ├─ links         one-time links; that for the first admin has no user yet
       └─ sessions      who is signed in
keys                    of programs
attempts                to sign in, for limits
looks                   who looked at what, and who changed what of users
```

Tokens stand here as hashes only. Sites stand here by name: people are given roles at sites that were not read yet.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from mien.store.tables import UtcDateTime, metadata

users: Final = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True, doc="For sign-in: NFKC, case folded."),
    Column("shown_name", Text, nullable=False),
    Column("email", Text, unique=True, doc="By which a provider's identity is found the first time."),
    Column("password", Text, doc="Argon2id; NULL where sign-in is by link or provider alone."),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
)

grants: Final = Table(
    "grants",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("role", String(16), nullable=False),
    Column("site", Text, doc="NULL for every site."),
    Column("granted_at", UtcDateTime, nullable=False),
    Index(None, "user_id"),
)

identities: Final = Table(
    "identities",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("issuer", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("joined_at", UtcDateTime, nullable=False),
    UniqueConstraint("issuer", "subject"),
    Index(None, "user_id"),
)

links: Final = Table(
    "links",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token", String(64), nullable=False, unique=True, doc="SHA-256."),
    Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE"), doc="NULL for the first admin."),
    Column("purpose", String(16), nullable=False, doc="LinkPurpose."),
    Column("made_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    Index(None, "user_id"),
    Index(None, "expires_at"),
)

sessions: Final = Table(
    "sessions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token", String(64), nullable=False, unique=True, doc="SHA-256."),
    Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("expires_at", UtcDateTime, nullable=False, doc="When it ends however much it is used."),
    Index(None, "user_id"),
    Index(None, "expires_at"),
)

keys: Final = Table(
    "keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("prefix", String(8), nullable=False, unique=True, doc="The part of the key that may be shown."),
    Column("token", String(64), nullable=False, doc="SHA-256 of the whole key."),
    Column("rights", JSON, nullable=False, doc="Values of Right."),
    Column("site", Text, doc="NULL for every site."),
    Column("made_by", Text, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("used_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
)

attempts: Final = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False, doc="SHA-256: people type passwords into the wrong field."),
    Column("address", String(64), nullable=False, doc="SHA-256 of the network address."),
    Column("device", String(64), doc="SHA-256 of the device, where this user signed in from it before."),
    Column("tried_at", UtcDateTime, nullable=False),
    Index(None, "name", "tried_at"),
    Index(None, "address", "tried_at"),
    Index(None, "tried_at"),
)

looks: Final = Table(
    "looks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("looked_at", UtcDateTime, nullable=False),
    Column("who", Text, nullable=False, doc="A user's name, or of which key, as it was then."),
    Column("right", String(16), nullable=False, doc="Right."),
    Column("subject", Text, nullable=False, doc="What was looked at or changed."),
    Column("site", Text, doc="NULL for what belongs to no site."),
    Column("expires_at", UtcDateTime, nullable=False),
    Index(None, "site", "id"),
    Index(None, "expires_at"),
)
