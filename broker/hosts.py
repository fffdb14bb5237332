"""Whether the internet can lead to a host."""

from ipaddress import ip_address

# What no public name ends with. RFC 6761 (test, example, invalid, localhost), RFC 6762 (local, and in its appendix G
# intranet, internal, private, corp, home and lan), RFC 8375 (home.arpa), ICANN's resolutions of 2018-02-04 (corp, home,
# mail) and 2024-07-29 (internal).
_NEVER_PUBLIC = (
    *("corp", "example", "home", "home.arpa", "internal", "intranet", "invalid", "lan", "local", "localdomain"),
    *("localhost", "mail", "private", "test"),
)

# Names that AWS gives to instances, which their own VPC resolves (VPC user guide, DNS attributes).
_OF_AWS = ("compute.internal", "ec2.internal")


def never_public(host: str) -> bool:
    """Whether a name or an address is certainly none of the internet's.

    Other names may be private as well: nothing in them tells.
    """
    try:
        return not ip_address(host.strip("[]")).is_global
    except ValueError:
        name = f".{host.lower().rstrip('.')}"
    if name.count(".") == 1:
        return True
    return _ends(name, _NEVER_PUBLIC) and not _ends(name, _OF_AWS)


def _ends(name: str, suffixes: tuple[str, ...]) -> bool:
    return name.endswith(tuple(f".{suffix}" for suffix in suffixes))
