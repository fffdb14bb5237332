"""What ECS says of tasks that do not start or do not stay: service events, stopped reasons, reasons of deployments."""

from broker.symptom import Symptom

_STOPPED = "AWS: ECS developer guide, stopped task error messages"
_EVENTS = "AWS: ECS developer guide, service event messages"

_NO_WAY = "connection issue between the task and"
_OPEN_THE_WAY = (
    "Give the private subnets a route out, by a NAT gateway or VPC endpoints, and let port 443 through network ACLs and"
    " firewalls."
)

SYMPTOMS = (
    Symptom(
        ("toomanyrequests", "429 Too Many Requests"),
        cause="The image's registry has had too many pulls from this address. Docker Hub allows 100 in six hours"
        " without an account, for all clients behind one NAT gateway together.",
        remedy="Name an account, image: {pullCredential: NAME}, or pull from ECR, image: {repository: …}, and run"
        " pulumi up. Or wait six hours.",
        source="containerd's words; github.com/hystax/optscale issue 845, aws/copilot-cli issue 5647",
    ),
    Symptom(
        ("manifest unknown", ": not found"),
        within="CannotPullContainer",
        cause="The registry does not have the image, or not with this tag or digest.",
        remedy="Name a version that is there, image: {version: …}, and run pulumi up. Not every release of the client"
        " is published as an image.",
        source=_STOPPED,
    ),
    Symptom(
        ("does not contain descriptor matching platform",),
        within="CannotPullContainer",
        cause="The image is for another processor. Clients run on X86_64.",
        remedy="Copy or build it for linux/amd64.",
        source=_STOPPED,
    ),
    Symptom(
        ("pull access denied", "insufficient_scope", "not authorized to perform: ecr:", "403 Forbidden"),
        within="CannotPullContainer",
        cause="The registry refuses: no such repository, or not for this account.",
        remedy="Correct image: {repository: …}. An ECR repository of another account must allow this one in its policy;"
        " another registry needs image: {pullCredential: NAME}.",
        source=_STOPPED,
    ),
    Symptom(
        (_NO_WAY, "i/o timeout", "request canceled while waiting for connection", "no such host"),
        within="CannotPullContainer",
        cause="The image's registry cannot be reached from the private subnets.",
        remedy=_OPEN_THE_WAY,
        source=_STOPPED,
    ),
    Symptom(
        ("CannotPullContainer",),
        cause="The image could not be pulled.",
        remedy="The text says why. Compare image in the stack file with the registry.",
        source=_STOPPED,
    ),
    Symptom(
        ("did not contain json key",),
        within="ResourceInitializationError",
        cause="The secret lacks a value that the client is given.",
        remedy="python -m ops secrets status lists what is missing, python -m ops secrets set stores it.",
        source=_STOPPED,
    ),
    Symptom(
        ("Access to KMS is not allowed",),
        within="ResourceInitializationError",
        cause="The clients' role may not decrypt the secret: its KMS key was changed, or the key's policy forbids it.",
        remedy="Run pulumi up, which lets the role use the secret's key. A key of another account must allow it, too.",
        source="github.com/GiamPy5/terraform-aws-directus issue 10",
    ),
    Symptom(
        ("AccessDeniedException", "no identity-based policy allows"),
        within="unable to pull secrets",
        cause="The clients' role may not read the secret: it was made anew since the last update, or its policy forbids"
        " it.",
        remedy="Run pulumi up, which names the secret's present ARN. A secret of another account must allow the role.",
        source=_STOPPED,
    ),
    Symptom(
        ("ResourceNotFoundException", "can't find the specified secret", "marked for deletion"),
        within="unable to pull secrets",
        cause="The secret that the clients read is not there: it was deleted, or deleted and made anew.",
        remedy="Restore it (aws secretsmanager restore-secret), or store the credentials, python -m ops secrets set,"
        " and run pulumi up.",
        source=_STOPPED,
    ),
    Symptom(
        ("invalid character",),
        within="unable to pull secrets",
        cause="The secret holds no JSON object.",
        remedy="Store the credentials with python -m ops secrets set.",
        source=_STOPPED,
    ),
    Symptom(
        (_NO_WAY, "i/o timeout", "context deadline exceeded"),
        within="ResourceInitializationError",
        cause="Secrets Manager, ECR or CloudWatch Logs cannot be reached from the private subnets.",
        remedy=_OPEN_THE_WAY,
        source=_STOPPED,
    ),
    Symptom(
        ("failed to validate logger args",),
        cause="The log group is not there, or the clients' role may not write to it.",
        remedy="Run pulumi refresh and then pulumi up, which make it again.",
        source=_STOPPED,
    ),
    Symptom(
        ("ECS was unable to assume the role",),
        cause="A new role is not known everywhere for its first seconds, and ECS tries again; or the role was deleted.",
        remedy="None when clients start a minute later. Else run pulumi refresh and then pulumi up.",
        source=_EVENTS,
    ),
    Symptom(
        ("limit on the number of vCPUs", "limit on the number of tasks"),
        cause="The account may not run more on Fargate in this region. New accounts have 6 vCPUs or less; a rollout"
        " needs more than the clients at rest.",
        remedy='Ask AWS for more: Service Quotas, AWS Fargate, "Fargate On-Demand vCPU resource count". Or make size'
        " smaller.",
        source=_EVENTS,
    ),
    Symptom(
        ("Capacity is unavailable at this time",),
        cause="Fargate has no room in these zones at the moment. ECS tries again.",
        remedy="Wait. With existing subnets, name some in further zones.",
        source=_EVENTS,
    ),
    Symptom(
        ("RESOURCE:ENI", "InsufficientFreeAddressesInSubnet"),
        cause="No address or network interface is free for a further task.",
        remedy="Free some in the private subnets, or name larger ones. A client needs one address, and a rollout one"
        " more.",
        source=_EVENTS,
    ),
    Symptom(
        ("network interface provisioning to complete", "Unexpected EC2 error while attempting to"),
        cause="EC2 did not give the task its network interface. The text may name why, such as a tag policy.",
        remedy="ECS tries again. When it stays, mend what the text names.",
        source=_STOPPED,
    ),
    Symptom(
        ("OutOfMemoryError",),
        cause="The client needed more memory than it has.",
        remedy="Give it more, size: {cpu: …, memory: …}, and run pulumi up.",
        source=_STOPPED,
    ),
    Symptom(
        ("failed container health checks",),
        cause="The client had no tunnel to Snyk for minutes, from its start or later.",
        remedy="The log of the client says why.",
        source=_EVENTS,
    ),
    Symptom(
        ("No rollback candidate was found",),
        cause="The first deployment failed, so there is nothing to go back to. ECS starts no more clients.",
        remedy="Mend what made the clients stop. Then run python -m ops clients roll.",
        source="terraform-provider-aws: its test of the circuit breaker",
    ),
    Symptom(
        (
            "rolled back because the circuit breaker",
            "circuit breaker: rolling back",
            "rolling back to deployment",
            "circuit breaker was triggered",
        ),
        cause="Three new clients failed, so ECS went back to the last version that worked.",
        remedy="Mend what made the clients stop. Then run pulumi up.",
        source="terraform-provider-aws: its test of the circuit breaker; AWS: deployment state change events",
    ),
    Symptom(
        ("tasks failed to start",),
        cause="Three new clients failed, and ECS gave up.",
        remedy="Mend what made the clients stop.",
        source="AWS: deployment state change events",
    ),
    Symptom(
        ("TaskDefinition is inactive",),
        cause="The revision that runs has been deregistered, and cannot be deployed anew.",
        remedy="Run pulumi up, which deploys the registered one.",
        source="AWS: DeregisterTaskDefinition; what UpdateService answers",
    ),
    Symptom(
        ("exit code 137",),
        cause="The client was killed: it needed more memory than it has, or did not end in time when it was stopped.",
        remedy="When it was not being replaced, give it more memory, size: {cpu: …, memory: …}, and run pulumi up.",
        source="AWS: ECS developer guide, stopped task error codes",
    ),
    Symptom(
        ("is unable to consistently start tasks", "Essential container in task exited"),
        cause="Clients end again and again.",
        remedy="Their logs say why.",
        source=_EVENTS,
    ),
)
