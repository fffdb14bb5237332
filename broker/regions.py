"""Where a Snyk region's Broker server and API are.

Source: Snyk's page on regional hosting and data residency. SNYK-GOV-01 and single tenants have no published
Broker address: their users state both URLs.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Endpoints:
    """The two hosts every client must reach on port 443, as URLs without a trailing slash."""

    broker_url: str
    api_url: str


REGIONS = {
    "SNYK-US-01": Endpoints("https://broker.snyk.io", "https://api.snyk.io"),
    "SNYK-US-02": Endpoints("https://broker.us.snyk.io", "https://api.us.snyk.io"),
    "SNYK-EU-01": Endpoints("https://broker.eu.snyk.io", "https://api.eu.snyk.io"),
    "SNYK-AU-01": Endpoints("https://broker.au.snyk.io", "https://api.au.snyk.io"),
}
