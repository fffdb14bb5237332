"""The Python language host: the process that the engine asks to run the program.

A self-built engine comes without one. The engine starts it as `pulumi-language-python … ENGINE_ADDRESS`. It is a
script that imports nothing of ours, so that the program it runs finds only its own folder on its path.
"""
# ruff: noqa: ARG002, N802 -- the service's definition gives names and parameters

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import NoReturn

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

RUNNER = Path(__file__).with_name("program_runner.py")
BAILED_OUT = 32  # the runner's exit code when it has told the user what is wrong
MAX_MESSAGE = 400 * 1024 * 1024  # the engine's own limit


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._programs: set[subprocess.Popen[bytes]] = set()

    def Handshake(
        self, request: language_pb2.LanguageHandshakeRequest, context: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version="1.0.0")

    def GetRequiredPackages(
        self, request: language_pb2.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPackagesResponse:
        # None named, none fetched: the engine asks for a provider when the program uses it.
        return language_pb2.GetRequiredPackagesResponse()

    def About(self, request: language_pb2.AboutRequest, context: grpc.ServicerContext) -> language_pb2.AboutResponse:
        return language_pb2.AboutResponse(executable=sys.executable, version=sys.version.split()[0])

    def InstallDependencies(
        self, request: language_pb2.InstallDependenciesRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.InstallDependenciesResponse]:
        return iter(())  # the virtual environment is made by other means

    def Run(self, request: language_pb2.RunRequest, context: grpc.ServicerContext) -> language_pb2.RunResponse:
        python = self._python(request.info)
        if not python.exists():
            return language_pb2.RunResponse(error=f"the virtual environment has no {python}")
        settings = {
            "program": str(Path(request.info.program_directory, request.info.entry_point or ".")),
            "monitor": request.monitor_address,
            "engine": self._engine,
            "project": request.project,
            "stack": request.stack,
            "organization": request.organization,
            "parallel": request.parallel,
            "dry_run": request.dryRun,
            "root_directory": request.info.root_directory,
        }
        environment = {
            **os.environ,
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }
        program = subprocess.Popen([python, "-u", "-P", RUNNER, json.dumps(settings)], cwd=request.pwd, env=environment)
        self._programs.add(program)
        code = program.wait()
        self._programs.discard(program)
        if code in (0, BAILED_OUT):
            return language_pb2.RunResponse(bail=code == BAILED_OUT)
        ended = f"was ended by signal {-code}" if code < 0 else f"exited with code {code}"
        return language_pb2.RunResponse(error=f"the program {ended}")

    def Cancel(self, request: Empty, context: grpc.ServicerContext) -> Empty:
        self.end_programs()
        return Empty()

    def end_programs(self) -> None:
        for program in tuple(self._programs):
            program.terminate()

    def _python(self, info: language_pb2.ProgramInfo) -> Path:
        """Returns the Python of the project's virtual environment, by default our own."""
        if "virtualenv" not in info.options.fields:
            return Path(sys.executable)
        return Path(info.root_directory, info.options.fields["virtualenv"].string_value, "bin", "python")


def leave(host: LanguageHost) -> NoReturn:
    host.end_programs()
    os._exit(0)  # a grpc server's threads outlive sys.exit


def leave_with_parent(host: LanguageHost, parent: int) -> NoReturn:
    """Ends the process after its engine, which says good-bye only when it is not killed."""
    while os.getppid() == parent:
        time.sleep(0.2)
    leave(host)


def main() -> None:
    host = LanguageHost(engine=sys.argv[-1])

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        leave(host)

    # The engine ends its plugins with SIGINT.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    threading.Thread(target=leave_with_parent, args=(host, os.getppid()), daemon=True).start()

    server = grpc.server(ThreadPoolExecutor(), options=[("grpc.max_receive_message_length", MAX_MESSAGE)])
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)  # noqa: T201 -- how the engine learns the port
    server.wait_for_termination()


if __name__ == "__main__":
    main()
