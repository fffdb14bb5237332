"""What Snyk requires of a Broker client: plain data and functions, no Pulumi and no AWS."""
