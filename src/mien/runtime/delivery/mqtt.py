"""Events to an MQTT 5 broker, QoS 1: each is sent when the one before was confirmed or refused.

Topic `PREFIX/SITE/TOUCHPOINT/THING`, payload the whole CloudEvent (structured mode of its MQTT binding).
Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/mqtt-protocol-binding.md
"""

from __future__ import annotations

import re
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from paho.mqtt import MQTTException
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from mien.crm import Again, Done, Parked
from mien.runtime.delivery.trust import trusted
from mien.store import Wanted
from mien.store.events.envelope import CONTENT_TYPE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from paho.mqtt.reasoncodes import ReasonCode

    from mien.crm import Result
    from mien.site import MqttDelivery, Site
    from mien.store import OutboxEntry, Store

ANSWER_S: Final = 10.0
"""Seconds for which an answer of the broker is waited for."""

_KEEPALIVE_S: Final = 30
_NO_TOUCHPOINT: Final = "-"
_LONGEST_NAME: Final = 100
"""Characters of a name in a topic; a topic takes 65,535 bytes, and longer names are no names."""

# Wildcards and separators of topics, the escape itself, and what MQTT 5 tells not to send (1.5.4): control and
# non-characters. A first level that begins with $ would be the broker's own.
_UNSAFE: Final = re.compile(r"[+#/%$\x00-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")

_CONNECTED, _PUBLISHED, _LOST = "connected", "published", "lost"

_ALL: Final = Wanted("events")
"""All events are one record: they go out in the order in which they were entered."""

_REFUSALS: Final = frozenset({0x87, 0x90, 0x99})
"""Reasons that hold for an event whenever it is sent (not authorized, topic name invalid, payload format invalid).
Source: MQTT 5.0, 2.4 (https://docs.oasis-open.org/mqtt/mqtt/v5.0/os/mqtt-v5.0-os.html)
"""


def topic_level(name: str | None) -> str:
    """A name as one level of a topic; percent-decoding gives the name again.

    Example:
        >>> topic_level("Café 1/2"), topic_level(None)
        ('Café 1%2F2', '-')
    """
    if not name:
        return _NO_TOUCHPOINT
    if name == _NO_TOUCHPOINT:
        return "%2D"
    return _UNSAFE.sub(lambda match: quote(match[0], safe=""), name[:_LONGEST_NAME])


class _Trouble(Exception):  # noqa: N818  (no error: it becomes a result)
    """An event that was not taken."""

    def __init__(self, result: Parked | Again) -> None:
        super().__init__(result.reason)
        self.result = result


class MqttSender:
    """Delivery of every event to a broker. A lost connection is noticed at the next event, and made anew.

    Args:
        settings: The table of the site file.
        environ: Environment variables for credentials; those of the process where left out.
        site: Not used; every event says of which site it is.
        store: Not used; every event says all.
        answer_s: Seconds for which an answer of the broker is waited for.

    Raises:
        SettingError: A credential or the certificate is not where the site file says.
    """

    name: Final = "mqtt"

    def __init__(
        self,
        settings: MqttDelivery,
        environ: Mapping[str, str] | None = None,
        *,
        site: Site | None = None,  # noqa: ARG002  (as every sender is made)
        store: Store | None = None,  # noqa: ARG002  (likewise)
        answer_s: float = ANSWER_S,
    ) -> None:
        self._settings, self._answer_s = settings, answer_s
        self._user, self._password = (
            None if secret is None else secret.reveal(environ)
            for secret in (settings.user, settings.password)
        )
        self._tls = trusted(settings.ca_file, self.name, "the broker's") if settings.tls else None
        self._client: Client | None = None
        self._answers: SimpleQueue[tuple[str, int | None, ReasonCode]] = SimpleQueue()

    @property
    def shown(self) -> str:
        """Where it leads, for people to read."""
        return self._settings.shown

    def topic(self, entry: OutboxEntry) -> str:
        """The topic of an event."""
        levels = (topic_level(entry.site), topic_level(entry.touchpoint), entry.event.thing)
        return "/".join((self._settings.topic_prefix, *levels))

    def wants(self, entry: OutboxEntry) -> Wanted:  # noqa: ARG002  (of the protocol)
        """Every event, in order."""
        return _ALL

    def send(self, entry: OutboxEntry) -> Result:
        """Publish one event and wait until the broker has confirmed it."""
        try:
            self._publish(self._connected(), entry)
        except _Trouble as trouble:
            if isinstance(trouble.result, Again):
                self.close()
            return trouble.result
        return Done()

    def read_back(self) -> int:
        """Nothing: a broker tells nothing."""
        return 0

    def close(self) -> None:
        """End the connection, if there is one."""
        client, self._client = self._client, None
        if client is not None:
            client.disconnect()
            client.loop_stop()

    def _connected(self) -> Client:
        """A connection that stands, so far as anybody knows."""
        if self._client is not None and self._client.is_connected():
            return self._client
        self.close()
        # Answers to an earlier connection are of no use to this one.
        answers = self._answers = SimpleQueue()
        client = Client(
            CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5, reconnect_on_failure=False
        )
        client.connect_timeout = self._answer_s
        client.on_connect = lambda _c, _u, _f, reason, _p: answers.put((_CONNECTED, None, reason))
        client.on_disconnect = lambda _c, _u, _f, reason, _p: answers.put((_LOST, None, reason))
        client.on_publish = lambda _c, _u, number, reason, _p: answers.put((_PUBLISHED, number, reason))
        if self._user is not None:
            client.username_pw_set(self._user, self._password)
        if self._tls is not None:
            client.tls_set_context(self._tls)
        try:
            client.connect(self._settings.host, self._settings.port_in_use, _KEEPALIVE_S)
        except (OSError, ValueError, MQTTException) as error:
            why = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise self._trouble("The broker %(where)s cannot be reached: %(why)s.", why=why) from error
        self._client = client
        client.loop_start()
        reason = self._answer(_CONNECTED, None)
        if reason.is_failure:
            raise self._trouble(
                "The broker %(where)s refuses Mien (%(reason)s); check user and password under [delivery.mqtt].",
                reason=reason,
            )
        return client

    def _publish(self, client: Client, entry: OutboxEntry) -> None:
        topic = self.topic(entry)
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        properties.ContentType = CONTENT_TYPE
        properties.PayloadFormatIndicator = 1
        sent = client.publish(topic, entry.event.to_json().encode(), qos=1, properties=properties)
        if sent.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise self._trouble("The connection to the broker %(where)s is lost.")
        reason = self._answer(_PUBLISHED, sent.mid)
        if reason.is_failure:
            refused = (
                "The broker %(where)s refuses the event for the topic '%(topic)s' (%(reason)s); let it take what this "
                "user publishes there.",
                {"where": self.shown, "topic": topic, "reason": str(reason)},
            )
            raise _Trouble(Parked(*refused) if reason.value in _REFUSALS else Again(*refused))

    def _answer(self, kind: str, number: int | None) -> ReasonCode:
        """What the broker says to one question.

        Raises:
            _Trouble: It says nothing in time, or is gone.
        """
        while True:
            try:
                found = self._answers.get(timeout=self._answer_s)
            except Empty:
                raise self._trouble(
                    "The broker %(where)s has not answered within %(seconds)g s.", seconds=self._answer_s
                ) from None
            if found[:2] == (kind, number):
                return found[2]
            if found[0] == _LOST:
                raise self._trouble(
                    "The connection to the broker %(where)s is lost (%(reason)s).", reason=found[2]
                )

    def _trouble(self, text: str, **values: object) -> _Trouble:
        named = {name: one if isinstance(one, float) else str(one) for name, one in values.items()}
        return _Trouble(Again(text, {"where": self.shown, **named}))
