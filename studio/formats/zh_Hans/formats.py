"""Amounts in threes, as Chinese software and banks write them; Django's own format writes 40690.69."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
