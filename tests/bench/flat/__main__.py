"""The resources of the stack "sandbox", registered one after the other by hand."""

import json

import pulumi
import pulumi_aws as aws

TAGS = {"snyk-broker:project": "flat", "snyk-broker:stack": "flat"}
ZONES = {
    "eu-central-1a": ("10.40.0.0/19", "10.40.192.0/21"),
    "eu-central-1b": ("10.40.32.0/19", "10.40.200.0/21"),
}

account = aws.get_caller_identity().account_id
secret = aws.secretsmanager.get_secret(name="snyk-broker/sandbox/github/credentials")
aws.get_availability_zones(filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}])

vpc = aws.ec2.Vpc("vpc", cidr_block="10.40.0.0/16", enable_dns_support=True, enable_dns_hostnames=True, tags=TAGS)
gateway = aws.ec2.InternetGateway("gateway", vpc_id=vpc.id, tags=TAGS)
public_table = aws.ec2.RouteTable("public", vpc_id=vpc.id, tags=TAGS)
to_internet = aws.ec2.Route(
    "public", route_table_id=public_table.id, destination_cidr_block="0.0.0.0/0", gateway_id=gateway.id
)
needs: list[pulumi.Resource] = [to_internet]
private: list[aws.ec2.Subnet] = []
for zone, (private_block, public_block) in ZONES.items():
    public = aws.ec2.Subnet(f"public-{zone}", vpc_id=vpc.id, cidr_block=public_block, availability_zone=zone, tags=TAGS)
    in_public = aws.ec2.RouteTableAssociation(f"public-{zone}", subnet_id=public.id, route_table_id=public_table.id)
    address = aws.ec2.Eip(zone, domain="vpc", tags=TAGS)
    nat = aws.ec2.NatGateway(
        zone,
        subnet_id=public.id,
        allocation_id=address.id,
        tags=TAGS,
        opts=pulumi.ResourceOptions(depends_on=[to_internet, in_public]),
    )
    subnet = aws.ec2.Subnet(
        f"private-{zone}", vpc_id=vpc.id, cidr_block=private_block, availability_zone=zone, tags=TAGS
    )
    table = aws.ec2.RouteTable(f"private-{zone}", vpc_id=vpc.id, tags=TAGS)
    to_nat = aws.ec2.Route(
        f"private-{zone}", route_table_id=table.id, destination_cidr_block="0.0.0.0/0", nat_gateway_id=nat.id
    )
    in_private = aws.ec2.RouteTableAssociation(f"private-{zone}", subnet_id=subnet.id, route_table_id=table.id)
    private.append(subnet)
    needs += [in_public, nat, to_nat, in_private]
cluster = aws.ecs.Cluster("cluster", tags=TAGS)
needs.append(aws.ecs.ClusterCapacityProviders("cluster", cluster_name=cluster.name, capacity_providers=["FARGATE"]))
logs = aws.cloudwatch.LogGroup("github", retention_in_days=30, tags=TAGS)
trust = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": account}},
            }
        ],
    }
)
execution = aws.iam.Role("execution", assume_role_policy=trust, tags=TAGS)
task = aws.iam.Role("task", assume_role_policy=trust, tags=TAGS)
policy = aws.iam.RolePolicy(
    "execution",
    role=execution.name,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                    "Resource": pulumi.Output.concat(logs.arn, ":log-stream:*"),
                },
                {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret.arn},
            ],
        }
    ),
)
group = aws.ec2.SecurityGroup("github", vpc_id=vpc.id, description="Clients", tags=TAGS)
https = aws.vpc.SecurityGroupEgressRule(
    "https",
    security_group_id=group.id,
    cidr_ipv4="0.0.0.0/0",
    ip_protocol="tcp",
    from_port=443,
    to_port=443,
    tags=TAGS,
)
webhooks = aws.vpc.SecurityGroupIngressRule(
    "webhooks",
    security_group_id=group.id,
    cidr_ipv4="10.20.0.0/16",
    ip_protocol="tcp",
    from_port=8000,
    to_port=8000,
    tags=TAGS,
)
definition = aws.ecs.TaskDefinition(
    "github",
    family="flat",
    requires_compatibilities=["FARGATE"],
    network_mode="awsvpc",
    runtime_platform={"cpu_architecture": "X86_64", "operating_system_family": "LINUX"},
    cpu="1024",
    memory="2048",
    execution_role_arn=execution.arn,
    task_role_arn=task.arn,
    container_definitions=pulumi.Output.json_dumps(
        [
            {
                "name": "client",
                "image": "snyk/broker:5.22.14-github-com",
                "essential": True,
                "portMappings": [{"containerPort": 8000, "hostPort": 8000, "protocol": "tcp"}],
                "environment": [{"name": "PORT", "value": "8000"}],
                "secrets": [
                    {"name": name, "valueFrom": f"{secret.arn}:{name}::"} for name in ("BROKER_TOKEN", "GITHUB_TOKEN")
                ],
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {
                        "awslogs-group": logs.name,
                        "awslogs-region": "eu-central-1",
                        "awslogs-stream-prefix": "broker",
                    },
                },
            }
        ]
    ),
    tags=TAGS,
)
service = aws.ecs.Service(
    "github",
    name="github",
    cluster=cluster.arn,
    task_definition=definition.arn,
    desired_count=2,
    capacity_provider_strategies=[{"capacity_provider": "FARGATE", "weight": 1}],
    force_new_deployment=True,
    deployment_minimum_healthy_percent=100,
    deployment_maximum_percent=150,
    availability_zone_rebalancing="DISABLED",
    network_configuration={"subnets": [subnet.id for subnet in private], "security_groups": [group.id]},
    wait_for_steady_state=True,
    tags=TAGS,
    opts=pulumi.ResourceOptions(depends_on=[*needs, logs, policy, https, webhooks]),
)
pulumi.export("service", service.arn)
