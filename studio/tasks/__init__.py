"""ONE BODY'S LIFE: Task, Attempt, Callback, Event. May import teams, catalog and gateway."""
