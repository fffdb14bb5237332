"""In which availability zones Fargate runs tasks."""

# Of the regions where it is not in all. Source: ECS developer guide, "Supported Regions for Amazon ECS on AWS Fargate",
# Linux containers (AWS_Fargate-Regions). An id means the same zone in every account; a name does not.
_ONLY = {
    "apne1": ("az1", "az2", "az4"),  # ap-northeast-1
    "cnn1": ("az1", "az2"),  # cn-north-1
    "usw1": ("az1", "az3"),  # us-west-1
}


def has_fargate(zone_id: str) -> bool:
    region, _, zone = zone_id.partition("-")
    return zone in _ONLY.get(region, (zone,))
