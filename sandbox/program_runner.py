"""Runs a Pulumi program in a process of its own, for the language host: `program_runner.py SETTINGS`."""

import asyncio
import json
import logging
import runpy
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

import pulumi
import pulumi.runtime

BAILED_OUT = 32  # the user has been told; see language_host.py


def run(program: str, settings: dict[str, Any]) -> None:
    pulumi.runtime.set_all_config(pulumi.runtime.get_config_env(), pulumi.runtime.get_config_secret_keys_env())
    pulumi.runtime.configure(pulumi.runtime.Settings(**settings))
    folder = program if Path(program).is_dir() else str(Path(program).parent)
    sys.path.insert(0, folder)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    # After a failure, calls that are still under way would be reported once more.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)

    def main() -> None:
        runpy.run_path(program, run_name="__main__")

    loop.run_until_complete(pulumi.runtime.run_in_stack(main))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    arguments = json.loads(sys.argv[1])
    sys.argv[1:] = []
    try:
        run(arguments.pop("program"), arguments)
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        sys.exit(BAILED_OUT)
    except Exception:  # noqa: BLE001 -- whatever the program raises
        pulumi.log.error("Program failed with an unhandled exception:\n" + traceback.format_exc())
        sys.exit(BAILED_OUT)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
