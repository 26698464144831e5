"""The backend of Django for SQLite, where `DATABASE_URL` names no PostgreSQL."""
