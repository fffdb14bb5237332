"""What AWS requires of tasks, networks, roles and names: plain data and functions, no Pulumi."""
