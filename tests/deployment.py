"""The stack `sandbox` of a checkout, which the tests of a module share, and each finds as it was first deployed."""

import shutil
from typing import Any

from tests.checkout import Checkout


class Deployment:
    def __init__(self, checkout: Checkout, failures: int) -> None:
        self.checkout = checkout
        self._stack_file = checkout.work / "stacks" / "sandbox" / "Pulumi.sandbox.yaml"
        self._deploy(failures)

    def restore(self, failures: int) -> None:
        """Takes back what tests have changed since; after further failures makes all anew, whatever they have left."""
        if failures > self._failures:
            self.checkout.sandbox("down")
            for folder in ("stacks", "state"):
                shutil.rmtree(self.checkout.work / folder)
            self._deploy(failures)
            return
        self._stack_file.write_text(self._asked)
        if self._seen() != self._deployed:
            self._deploy(failures)

    def _deploy(self, failures: int) -> None:
        self.checkout.sandbox("up")
        self._asked, self._deployed, self._failures = self._stack_file.read_text(), self._seen(), failures

    def _seen(self) -> tuple[str, dict[str, Any]]:
        """The local AWS, and what each resource in the state was asked to be."""
        aws = self.checkout.work / "aws.json"
        resources = {one["urn"]: one.get("inputs") for one in self.checkout.resources()}
        return aws.read_text() if aws.exists() else "", resources
