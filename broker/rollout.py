"""How many clients may run while new ones replace old ones.

Snyk accepts four connections per Broker token, and the slot of a client that stopped stays taken for about 60 s
(Snyk's page on high availability mode). So what counts is slots, not tasks: those of running clients and of those
that have just stopped.
"""

from dataclasses import dataclass

MAX_CLIENTS = 4


@dataclass(frozen=True)
class Rollout:
    """Bounds on running clients during a rollout, in percent of the replicas.

    ECS keeps at least ceil(replicas * minimum / 100) and starts at most floor(replicas * maximum / 100).
    """

    minimum_percent: int
    maximum_percent: int

    def most(self, replicas: int) -> int:
        """How many clients run at the peak."""
        return replicas * self.maximum_percent // 100


_BY_REPLICAS = {
    1: Rollout(100, 200),  # the new one first: 2 slots
    2: Rollout(100, 150),  # one more at a time: 3 slots, and 4 while a stopped one's is still taken
    3: Rollout(66, 100),  # one fewer at a time: with 67 both bounds would be 3 and nothing could move
    4: Rollout(75, 100),  # one fewer at a time: the new one waits up to 60 s for the stopped one's slot
}


def rollout(replicas: int) -> Rollout:
    """Bounds for 1 to 4 replicas. Raises KeyError for any other number."""
    return _BY_REPLICAS[replicas]
