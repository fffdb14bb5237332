import os
import signal
import socket
import subprocess

from sandbox import processes
from tests.checkout import Checkout, wait_until

START = "from sandbox import local_aws; local_aws.ensure()"


def start(checkout: Checkout, **variables: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [checkout.python, "-c", START],
        cwd=checkout.root,
        env={**os.environ, **variables},
        stderr=subprocess.PIPE,
        text=True,
    )


def started(checkout: Checkout, **variables: str) -> str:
    """Starts the local AWS and returns what went wrong."""
    return start(checkout, **variables).communicate(timeout=60)[1]


def test_it_is_started_once_found_again_and_ended(fresh: Checkout) -> None:
    assert "Starting the local AWS" in started(fresh)
    first = fresh.aws_record
    assert started(fresh) == ""
    assert fresh.aws_record == first
    assert f"http://127.0.0.1:{first['port']}" in fresh.sandbox("status").stdout
    assert str(first["pid"]) in fresh.sandbox("down").stdout
    assert processes.command_line(first["pid"]) == ""
    assert "not running" in fresh.sandbox("down").stdout
    assert "not running" in fresh.sandbox("status").stdout


def test_two_commands_at_once_start_one(fresh: Checkout) -> None:
    both = [start(fresh), start(fresh)]
    said = [process.communicate(timeout=60)[1] for process in both]
    assert sorted(bool(text) for text in said) == [False, True]


def test_one_that_was_killed_is_replaced(fresh: Checkout) -> None:
    started(fresh)
    first = fresh.aws_record
    os.kill(first["pid"], signal.SIGKILL)
    assert "Starting the local AWS" in started(fresh)
    assert fresh.aws_record["id"] != first["id"]


def test_down_ends_nothing_that_is_not_the_local_aws(fresh: Checkout) -> None:
    started(fresh)
    record = fresh.work / "aws.json"
    ours, bystander = fresh.aws_record, subprocess.Popen(["sleep", "60"])
    record.write_text(record.read_text().replace(str(ours["pid"]), str(bystander.pid)))
    assert "not running" in fresh.sandbox("down").stdout
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()
    os.kill(ours["pid"], signal.SIGTERM)


def test_a_taken_port_is_one_clear_message(fresh: Checkout) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = started(fresh, SANDBOX_AWS_PORT=port)
    assert f"cannot listen on port {port} (Address already in use)" in said
    assert not (fresh.work / "aws.json").exists()


def test_a_chosen_port_is_taken(fresh: Checkout) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert "Starting" in started(fresh, SANDBOX_AWS_PORT=str(port))
    assert fresh.aws_record["port"] == port


def test_a_server_that_does_not_start_is_told_with_the_end_of_its_log(fresh: Checkout) -> None:
    (fresh.root / "sandbox" / "moto_server.py").write_text("raise SystemExit('no module named moto')")
    said = started(fresh)
    assert "The local AWS (Moto) ended with code 1" in said
    assert said.rstrip().splitlines()[-1].endswith("no module named moto")
    assert not (fresh.work / "aws.json").exists()


def test_it_keeps_no_access_log(fresh: Checkout) -> None:
    started(fresh)
    fresh.aws("secretsmanager").create_secret(Name="canary-of-the-log", SecretString="{}")
    assert (fresh.work / "logs" / "aws.log").read_text() == ""


def test_it_ends_by_itself_when_its_record_is_gone(fresh: Checkout) -> None:
    started(fresh)
    pid = fresh.aws_record["pid"]
    (fresh.work / "aws.json").unlink()
    wait_until(lambda: processes.command_line(pid) == "")
