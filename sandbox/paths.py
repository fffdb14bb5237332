"""Where the checkout and everything that the sandbox writes are."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
WORK = ROOT / ".sandbox"  # git-ignored; nothing is written elsewhere in the checkout
LOGS = WORK / "logs"
PULUMI_HOME = WORK / "home"
BACKEND = WORK / "state"
STACKS = ROOT / "stacks"
WORKSPACES = WORK / "stacks"
