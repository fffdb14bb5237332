"""What an integration's settings mean for its clients."""

from collections.abc import Mapping

from broker.accept import flags
from broker.catalogue import Credential, credentials, password
from broker.client import SIGNING, ClientSpec
from broker.image import BASES, Image
from settings.integration import CodeRules, CommitSigning, Committer, LargeManifests
from settings.integration_types import Integration


def secret_values(integration: Integration) -> tuple[Credential, ...]:
    """Every value that the integration's secret must hold."""
    signs = isinstance(integration, CommitSigning) and integration.commit_signing is not None
    needed = (*credentials(integration.type, integration.fields), *(SIGNING if signs else ()))
    names = {credential.name for credential in needed}
    further = (password(name, "Value") for name in integration.secret_environment if name not in names)
    return (*needed, *further)


def client_spec(integration: Integration) -> ClientSpec:
    image = integration.image
    signer = integration.commit_signing if isinstance(integration, CommitSigning) else None
    return ClientSpec(
        type_name=integration.type,
        fields=integration.fields,
        image=Image(image.repository, image.version, image.digest, BASES[image.base]),
        cpu=integration.size.cpu,
        memory=integration.size.memory,
        high_availability=integration.high_availability,
        accept=_accept(integration),
        variables={
            "BROKER_CLIENT_URL": integration.client_url,
            "BROKER_CLIENT_VALIDATION_URL": integration.validation_url,
            "LOG_LEVEL": integration.log_level,
            **_signing(signer),
        },
        environment=integration.environment,
        secrets=tuple(sorted(credential.name for credential in secret_values(integration))),
    )


def _accept(integration: Integration) -> Mapping[str, str]:
    if not isinstance(integration, CodeRules):
        return {}
    return flags(
        iac_extensions=integration.infrastructure_as_code,
        code=integration.code == "brokered",
        essentials=integration.essentials,
        pr_templates=integration.pr_templates,
        large_manifests=integration.large_manifests if isinstance(integration, LargeManifests) else None,
    )


def _signing(signer: Committer | None) -> Mapping[str, str]:
    return {"GIT_COMMITTER_NAME": signer.name, "GIT_COMMITTER_EMAIL": signer.email} if signer else {}
