"""WHO: people, teams, memberships, and the connections a team pays with. May import the gateway."""
