"""By when: working time, clocks, ladders and ledgers as pure functions; no Flask, no database, no `now`."""
