"""Our own work on servers: plans, approval, runs as they happen."""
