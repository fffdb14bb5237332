"""What ECS and CloudWatch Logs answer and Moto does not: tasks, events and deployments of a service that lives."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.validate import ParamValidator
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Answer = Mapping[str, Any]
SERVICES = {"AmazonEC2ContainerServiceV20141113": "ecs", "Logs_20140328": "logs"}


class Played:
    """A layer before Moto that gives answers of its own to some operations, if AWS could give them."""

    def __init__(self) -> None:
        self._aws: WSGIApplication = Response()
        self.forget()

    def before(self, aws: "WSGIApplication") -> "Played":
        self._aws = aws
        return self

    def forget(self) -> None:
        self._answers: dict[str, list[Answer | Callable[[Answer], Answer]]] = {}
        self.answer("ListServiceDeployments", {"serviceDeployments": []})  # which Moto does not know
        self.refused: set[str] = set()  # operations that this person may not use
        self.asked: list[tuple[str, Answer]] = []

    def answer(self, operation: str, *answers: Answer | Callable[[Answer], Answer]) -> None:
        """Give these answers one after the other, the last of them for ever."""
        self._answers[operation] = list(answers)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        prefix, _, operation = request.headers.get("X-Amz-Target", "").partition(".")
        if prefix not in SERVICES:
            return self._aws(environ, start_response)
        sent = request.get_data()
        environ["wsgi.input"] = BytesIO(sent)  # for Moto to read again
        given = json.loads(sent)
        self.asked.append((operation, given))
        answers = self._answers.get(operation)
        if operation in self.refused:
            body, status = {"__type": "AccessDeniedException", "message": f"You may not {operation}"}, 400
        elif answers:
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            found = answer(given) if callable(answer) else answer
            body, status = shaped(SERVICES[prefix], operation, found), 200
        else:
            return self._aws(environ, start_response)
        text = json.dumps(body, default=datetime.timestamp)
        return Response(text, status, content_type="application/x-amz-json-1.1")(environ, start_response)


def shaped(service: str, operation: str, answer: Answer) -> Answer:
    """The answer, when AWS's own model allows it."""
    shape = _model(service).operation_model(operation).output_shape
    problems = ParamValidator().validate(answer, shape)
    assert not problems.has_errors(), problems.generate_report()
    return answer


def _model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)
