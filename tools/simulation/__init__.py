"""A day in town: demand, apps, drivers and the judge behind tools/simulate."""
