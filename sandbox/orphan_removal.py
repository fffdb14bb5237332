"""Deletes what a killed run created and did not live to write into the state: `orphan_removal CREATES <KNOWN`.

A process of its own, since AWS clients take the endpoint and the credentials from the environment.
"""

import json
import sys
from pathlib import Path

from sandbox.providers.aws.orphans import remove_orphans

if __name__ == "__main__":
    known = {(kind, resource_id) for kind, resource_id in json.load(sys.stdin)}
    for sentence in remove_orphans(Path(sys.argv[1]), known):
        sys.stdout.write(f"{sentence}\n")
