"""The backend of Django that `DATABASE_URL` chooses for PostgreSQL."""
