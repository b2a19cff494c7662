"""A county and a city as docker-compose.yml starts them, in containers, under load and under faults."""
