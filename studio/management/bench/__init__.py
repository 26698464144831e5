"""`manage.py bench`: how fast the studio is, against floors taken in the same run. One module for each measurement.

The command makes a throw-away place (a data folder, a database) and runs itself again in it.
"""
