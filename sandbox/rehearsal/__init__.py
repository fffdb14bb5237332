"""The real Broker client, started as the deployed task definitions say, against a Snyk and systems on loopback.

Deployed task definitions (`deployed`, `ecs_agent`) become replicas (`replica`, `container`, `isolation`, `broker_home`)
between a stand-in for Snyk (`snyk`) and one for everything else (`recorder`, `proxy`); `checks` asks what a user wants
to know.
"""
