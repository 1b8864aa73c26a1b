"""The screens of requests: the call centre, one request, a worker's own work, visits, the table of who is told."""
