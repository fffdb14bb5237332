"""What the commands print with."""

from rich.console import Console


def console(*, stderr: bool = False) -> Console:
    """A console that prints a text as it is: `:secret:` in an ARN is no emoji, and [x] no style."""
    return Console(stderr=stderr, emoji=False, markup=False, highlight=False, soft_wrap=True)
