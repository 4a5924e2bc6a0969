"""Alerts and tasks as plain, short e-mails, and the report of a day, as a page too.

Sources: RFC 5321, 4.2.1 (a reply 4yz may go through later, 5yz will not), RFC 3207 (STARTTLS), RFC 5322, 3.6.4: the
`Message-ID` is made of the event, so that a mail that comes twice can be known as one.
"""

from __future__ import annotations

import smtplib
from contextlib import suppress
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Final

from mien.crm import Again, Done, Parked
from mien.crm.http import CREDENTIALS_S, clause, without
from mien.runtime.delivery.report_words import Words
from mien.runtime.delivery.trust import trusted
from mien.runtime.delivery.wording import Teller

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mien.crm import Result
    from mien.site import Site
    from mien.site.delivery import EmailDelivery
    from mien.store import OutboxEntry, Store, Wanted

ANSWER_S: Final = 30.0
"""Seconds for which an answer of the mail server is waited for."""

_LATER: Final = range(400, 500)
_FOR_GOOD: Final = range(500, 600)


class EmailSender:
    """Delivery by a mail server.

    Args:
        settings: The table of the site file.
        site: The site.
        store: The open store.
        environ: Environment variables for credentials; those of the process where left out.
        answer_s: Seconds for which an answer is waited for.

    Raises:
        SettingError: A credential or the certificate is not where the site file says.
    """

    name: Final = "email"

    def __init__(
        self,
        settings: EmailDelivery,
        environ: Mapping[str, str] | None = None,
        *,
        site: Site,
        store: Store,
        answer_s: float = ANSWER_S,
    ) -> None:
        self._settings, self._answer_s = settings, answer_s
        self._teller = Teller(settings, site, store, reports=settings.reports)
        self._now = store.dispatches.now
        self._password = None if settings.password is None else settings.password.reveal(environ)
        self._tls = (
            None if settings.security == "none" else trusted(settings.ca_file, self.name, "the mail server's")
        )

    @property
    def shown(self) -> str:
        """Where it leads, for people to read."""
        return self._settings.shown

    def wants(self, entry: OutboxEntry) -> Wanted | None:
        """Alerts, tasks and reports, as far as the site file asks for them."""
        return self._teller.wants(entry)

    def send(self, entry: OutboxEntry) -> Result:
        """Send one mail to all who are named and wait until the server has taken it."""
        words = self._teller.words(entry)
        return Done() if words is None else self._sent(self._mail(entry, words))

    def read_back(self) -> int:
        """Nothing: mails go one way."""
        return 0

    def close(self) -> None:
        """Nothing: no connection stays open between mails."""

    def _mail(self, entry: OutboxEntry, words: Words) -> EmailMessage:
        domain = self._settings.sender.rpartition("@")[2]
        mail = EmailMessage()
        mail["From"] = self._settings.sender
        mail["To"] = ", ".join(self._settings.to)
        mail["Subject"] = words.title
        mail["Date"] = format_datetime(self._now())
        mail["Message-ID"] = f"<{entry.event.id}@{domain}>"
        # RFC 3834: so that no absent reader's mailbox answers.
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(f"{words.text}\n\n-- \nMien, {entry.site}\n")
        if words.html is not None:
            # RFC 2046, 5.1.4: the last part that a program can show is what it shows.
            mail.add_alternative(words.html, subtype="html")
        return mail

    def _sent(self, mail: EmailMessage) -> Result:
        where = {"where": self.shown}
        try:
            with self._connected() as server:
                refused = server.send_message(mail)
        except smtplib.SMTPAuthenticationError as error:
            return Again(
                "The mail server %(where)s refuses user or password (%(said)s); mend them under [delivery.email].",
                {**where, "said": self._said(error.smtp_code, error.smtp_error)},
                CREDENTIALS_S,
            )
        except smtplib.SMTPRecipientsRefused as error:
            return self._refused(dict(error.recipients))
        except smtplib.SMTPResponseException as error:
            values = {**where, "said": self._said(error.smtp_code, error.smtp_error)}
            text = "The mail server %(where)s does not take the mail (%(said)s)."
            return Parked(text, values) if error.smtp_code in _FOR_GOOD else Again(text, values)
        except (OSError, smtplib.SMTPException) as error:
            return Again(
                "The mail server %(where)s cannot be reached: %(why)s.",
                {
                    **where,
                    "why": clause(getattr(error, "strerror", None) or str(error) or type(error).__name__),
                },
            )
        # Whoever was taken has it: sending it again would double it for them.
        return self._refused(refused) if refused else Done()

    def _refused(self, recipients: dict[str, Any]) -> Parked | Again:
        """What is done where some or all who shall have it were refused."""
        code, said = next(iter(recipients.values()))
        text = "The mail server %(where)s refuses %(to)s (%(said)s)."
        values = {"where": self.shown, "to": ", ".join(recipients), "said": self._said(code, said)}
        later = len(recipients) == len(self._settings.to) and all(
            one[0] in _LATER for one in recipients.values()
        )
        return Again(text, values) if later else Parked(text, values)

    def _said(self, code: int, said: bytes | str) -> str:
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        return clause(without(f"{code} {text}", self._password))

    def _connected(self) -> smtplib.SMTP:
        chosen, wait_s = self._settings, self._answer_s
        if chosen.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                chosen.host, chosen.port_in_use, timeout=wait_s, context=self._tls
            )
        else:
            server = smtplib.SMTP(chosen.host, chosen.port_in_use, timeout=wait_s)
        try:
            if chosen.security == "starttls":
                server.starttls(context=self._tls)
            if chosen.user is not None and self._password is not None:
                server.login(chosen.user, self._password)
        except BaseException:
            with suppress(OSError, smtplib.SMTPException):
                server.close()
            raise
        return server
