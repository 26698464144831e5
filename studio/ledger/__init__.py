"""What it costs: a team's own prices, the budgets that hold, and from what price on an owner is asked."""
