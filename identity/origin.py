"""Where a request comes from: as much as people need to recognise it, and no more."""

import ipaddress
from dataclasses import dataclass

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""What a User-Agent contains, the more special one first: nearly all of them also say Chrome and Safari."""
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
IPV6_SHOWN_BITS = 48


@dataclass(frozen=True, slots=True)
class Origin:
    """A request's network address and User-Agent, as the client and the server in front tell them.

    browser_token: the cookie by which the browser is known again; empty where it has none yet."""

    address: str
    user_agent: str = ""
    browser_token: str = ""

    @property
    def network(self) -> str:
        """The address without its end: "192.0.2.x", "2001:db8:1::/48"; empty where there is none."""
        try:
            parsed = ipaddress.ip_address(self.address)
        except ValueError:
            return ""
        if isinstance(parsed, ipaddress.IPv6Address):
            if parsed.ipv4_mapped is None:
                return str(ipaddress.IPv6Network((parsed, IPV6_SHOWN_BITS), strict=False))
            parsed = parsed.ipv4_mapped
        return str(parsed).rpartition(".")[0] + ".x"

    @property
    def browser(self) -> str:
        """What the browser is called; empty where we do not know it."""
        return self._first(_BROWSERS)

    @property
    def system(self) -> str:
        """What its operating system is called; empty where we do not know it."""
        return self._first(_SYSTEMS)

    def _first(self, names: tuple[tuple[str, str], ...]) -> str:
        return next((name for mark, name in names if mark in self.user_agent), "")
