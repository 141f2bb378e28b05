"""Who comes in when very many come at once. Nobody is cut off: whoever is new shows a little work, or waits a little.

Only new sessions are ever asked, and only while there are too many of them. Whoever has a session passes, and so does
a text that may tell of danger (`bot.gateway.webchat.guest`). Everything here is in the memory of one process and a
minute old at most; a network is known by a hash under a key that dies with the process.
"""

import asyncio
import hashlib
import resource
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address

WINDOW_S = 60.0
PER_NETWORK = 60
"""New people a minute from one network that are nothing unusual: a company's, or a mobile operator's, has one address for many."""
NOT_TOLD_APART = b""
"""The network of addresses that are no public ones: behind a proxy that does not say for whom it asks, everybody has the same."""
WAIT_S = 8.0
"""So long waits whoever cannot work: an old phone, or one without a script that computes."""
NETWORK_GAP_S = 0.1
GAP_S = 0.02
MAX_NETWORKS = 5_000
BITS_ALL, BITS_NETWORK = 11, 14
"""Leading zero bits asked of everybody while the whole house is crowded, and of a network that crowds it: 2,000 and 16,000
hashes on average, a moment and a few seconds on a phone."""


class Crowd:
    """Whether more than `limit` came within the last minute."""

    def __init__(self, limit: int) -> None:
        self._at: deque[float] = deque(maxlen=limit + 1)

    def count(self, now: float) -> None:
        """Count one."""
        self._at.append(now)

    def is_over(self, now: float) -> bool:
        """Tell whether that was too many."""
        return len(self._at) == self._at.maxlen and now - self._at[0] < WINDOW_S


@dataclass(eq=False)
class Guest:
    """A new session that has not been let in."""

    network: bytes
    turn_away: Callable[[], None]
    """Ends the socket; its page comes again by itself, with all that it has to say."""
    salt: str = field(default_factory=lambda: secrets.token_hex(8))
    bits: int = 0
    proven: bool = False
    not_before: float = 0.0
    turn: asyncio.Event = field(default_factory=asyncio.Event)

    def has_worked(self, nonce: str) -> bool:
        """Tell whether `nonce` is the work that was asked for."""
        digest = hashlib.sha256(f"{self.salt}:{nonce}".encode()).digest()
        return int.from_bytes(digest, "big") >> (256 - self.bits) == 0


@dataclass
class Door:
    """Lets new sessions in, one after the other and each network in turn."""

    per_minute: int = 1200
    """New people a minute that are nothing unusual, in this process."""
    per_network: int = PER_NETWORK
    now: Callable[[], float] = time.monotonic
    max_guests: int = field(
        default_factory=lambda: resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2
    )
    """New pages that may be open and have not been let in, of one network half as many: every socket is an open file."""
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    _all: Crowd = field(init=False)
    _networks: OrderedDict[bytes, Crowd] = field(default_factory=OrderedDict)
    _guests: dict[bytes, list[Guest]] = field(default_factory=dict)
    _waiting: dict[bytes, list[Guest]] = field(default_factory=dict)
    _next_of: dict[bytes, float] = field(default_factory=dict)
    _keeper: "asyncio.Task[None] | None" = None

    def __post_init__(self) -> None:
        self._all = Crowd(self.per_minute)

    def network_of(self, host: str) -> bytes:
        """Return by what the network of an address is known here: /24, or /48 of IPv6."""
        prefix = _prefix(host)
        if prefix is None:
            return NOT_TOLD_APART
        return hashlib.blake2b(prefix.encode(), key=self._key, digest_size=16).digest()

    def come(self, network: bytes, turn_away: Callable[[], None]) -> Guest:
        """Note a new page; where there are too many of its network, one of them by chance comes again later."""
        guest = Guest(network, turn_away)
        beside = self._guests.setdefault(network, [])
        beside.append(guest)
        if network and len(beside) > self.max_guests // 2:
            self._send_away_one_of(beside, beside=guest)
        elif sum(map(len, self._guests.values())) > self.max_guests:
            self._send_away_one_of(max(self._guests.values(), key=len), beside=guest)
        return guest

    def gone(self, guest: Guest) -> None:
        """Forget a page that is let in, or has left."""
        for kept in (self._guests, self._waiting):
            beside = kept.get(guest.network, [])
            if guest in beside:
                beside.remove(guest)
            if not beside:
                kept.pop(guest.network, None)

    def ask(self, guest: Guest, waited_s: float) -> int:
        """Count somebody who has begun to write; return the work to ask for, in bits: 0 lets them in.

        Args:
            guest: Who.
            waited_s: How long ago their session was made: a line that broke starts no wait anew.
        """
        now = self.now()
        self._all.count(now)
        if guest.network and self._is_crowded(guest.network, now):
            guest.bits = BITS_NETWORK
        elif self._all.is_over(now):
            guest.bits = BITS_ALL
        if guest.bits:
            guest.not_before = now + max(0.0, WAIT_S - waited_s)
            self._waiting.setdefault(guest.network, []).append(guest)
            self._keep()
        return guest.bits

    def let_next_in(self) -> None:
        """Let one more in: a network by chance, and of it first somebody who has worked, else one who has waited."""
        now = self.now()
        ready = {
            network: those
            for network, waiting in self._waiting.items()
            if self._next_of.get(network, 0.0) <= now
            and (those := [g for g in waiting if g.proven or g.not_before <= now])
        }
        if not ready:
            return
        network = secrets.choice(list(ready))
        those = ready[network]
        guest = secrets.choice([each for each in those if each.proven] or those)
        if network:
            self._next_of[network] = now + NETWORK_GAP_S
        self.gone(guest)
        guest.turn.set()

    def _keep(self) -> None:
        if self._keeper is None or self._keeper.done():
            self._keeper = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while self._waiting:
            self.let_next_in()
            await asyncio.sleep(GAP_S)
        self._next_of.clear()

    def _is_crowded(self, network: bytes, now: float) -> bool:
        crowd = self._networks.setdefault(network, Crowd(self.per_network))
        self._networks.move_to_end(network)
        if len(self._networks) > MAX_NETWORKS:
            self._networks.popitem(last=False)
        crowd.count(now)
        return crowd.is_over(now)

    def _send_away_one_of(self, those: list[Guest], *, beside: Guest) -> None:
        one = secrets.choice([each for each in those if each is not beside] or those)
        self.gone(one)
        one.turn_away()


def _prefix(host: str) -> str | None:
    try:
        address = ip_address(host)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if not address.is_global:
        return None
    return f"{address.version}:{int(address) >> (80 if address.version == 6 else 8)}"
