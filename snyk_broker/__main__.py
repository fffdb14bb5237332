"""The component as a Pulumi package for every language: `pulumi package add` runs this."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from pulumi.provider import main

from snyk_broker.host import Host

if __name__ == "__main__":
    main(Host(), sys.argv[1:])
