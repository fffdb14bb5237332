"""What was said, in order, and what it means."""

from ops.clients.timeline import Entry, deployments, events, lines, meanings, stops, timeline
from tests.ops.clients.shapes import at, logged, service, service_deployment, task

NO_KEY = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:"
    " unable to retrieve secret from asm: retrieved secret from Secrets Manager did not contain json key BROKER_TOKEN"
)
UNHEALTHY = "(service github) (task 0000000394c74e50a1fa8aae8d8b7b0d) failed container health checks."


def said(minutes: float, text: str, source: str = "service") -> Entry:
    return Entry(at(minutes), source, text)


def test_events_deployments_stops_and_lines_are_told_of_with_their_times() -> None:
    of = service(
        events=[{"id": "1", "createdAt": at(2), "message": UNHEALTHY}, {"id": "2", "message": "without a time"}]
    )
    (event,) = events(of)
    assert (event.time, event.source, event.text) == (at(2), "service", UNHEALTHY)
    assert event.symptom
    (line,) = lines("log 1", [logged(5, "Reconnect failed."), logged(6, "### ###"), logged(7, " ")])
    assert (line.time, line.source, line.shown) == (at(5), "log 1", "Reconnect failed.")
    assert line.symptom
    history = [service_deployment(4, "ROLLBACK_FAILED", "No rollback candidate."), service_deployment(1, "SUCCESSFUL")]
    (failed,) = deployments(history)
    assert (failed.time, failed.source) == (at(4), "deployment")
    assert failed.shown == "ROLLBACK_FAILED: No rollback candidate."


def test_a_stop_has_the_reasons_and_codes_of_all_containers() -> None:
    containers = [
        {"name": "client", "exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"},
        {"name": "agent", "exitCode": 0},
        {"name": "quiet"},
    ]
    stopped = task(
        3,
        stoppedAt=at(8),
        stoppedReason="Essential container in task exited",
        containers=containers,
        lastStatus="STOPPED",
    )
    (entry,) = stops([stopped])
    assert (entry.time, entry.source) == (at(8), "task 00000003")
    assert entry.text == (
        "Essential container in task exited; client: OutOfMemoryError: Container killed due to memory usage, exit code"
        " 137; agent: exit code 0"
    )
    assert entry.symptom
    assert "more memory" in entry.symptom.cause


def test_a_stop_that_has_no_end_yet_has_the_time_that_is_known() -> None:
    assert [entry.time for entry in stops([task(3, stoppingAt=at(7)), task(4)])] == [at(7), at(4)]


def test_a_client_that_was_replaced_is_no_trouble_whatever_its_code() -> None:
    reason = "Scaling activity initiated by (deployment ecs-svc/4135006185409410497)"
    (entry,) = stops([task(3, stoppedReason=reason, containers=[{"name": "client", "exitCode": 137}])])
    assert (entry.text, entry.symptom) == (reason, None)


def test_a_line_s_trouble_is_the_client_s_and_an_event_s_is_ecs_s() -> None:
    (line,) = lines("log", [logged(1, NO_KEY)])
    (event,) = events(service(events=[{"createdAt": at(1), "message": "Reconnect failed."}]))
    assert (line.symptom, event.symptom) == (None, None)


def test_what_was_said_is_told_in_order_of_time_and_from_the_time_on() -> None:
    entries = [said(3, "c"), said(1, "a"), said(2, "b"), said(2.5, "d")]
    assert [entry.text for entry in timeline(entries, None)] == ["a", "b", "d", "c"]
    assert [entry.text for entry in timeline(entries, at(2))] == ["b", "d", "c"]


def test_what_is_said_again_stands_once_where_it_was_said_last() -> None:
    entries = [
        said(1, "(task 1b5067ed) failed"),
        said(2, "between"),
        said(3, "(task 2c6178fe) failed"),
        said(4, "(task 3d7289af) failed", source="other"),
    ]
    assert [(entry.text, entry.count) for entry in timeline(entries, None)] == [
        ("between", 1),
        ("(task 2c6178fe) failed", 2),
        ("(task 3d7289af) failed", 1),
    ]


def test_what_differs_in_words_is_said_twice() -> None:
    assert len(timeline([said(1, "refused 401"), said(2, "denied 401")], None)) == 2


def test_each_trouble_is_explained_once_in_the_order_in_which_they_showed() -> None:
    found = events(
        service(
            events=[
                {"createdAt": at(9), "message": UNHEALTHY},
                {"createdAt": at(8), "message": NO_KEY},
                {"createdAt": at(2), "message": UNHEALTHY},
                {"createdAt": at(1), "message": "(service github) has reached a steady state."},
            ]
        )
    )
    secret, tunnel = meanings(timeline(found, None))
    assert ("secret lacks" in secret.symptom.cause, secret.count, secret.last.time) == (True, 1, at(8))
    assert ("no tunnel" in tunnel.symptom.cause, tunnel.count, tunnel.last.time) == (True, 2, at(9))


def test_no_credential_is_shown() -> None:
    (line,) = lines("log", [logged(1, '{"level":50,"msg":"GET https://snyk:canary@git.acme: 401"}')])
    assert line.shown == "error GET https[a URL with credentials] 401"
