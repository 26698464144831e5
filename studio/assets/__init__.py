"""WHAT WAS MADE: results we keep. May import teams, tasks, gateway and files."""
