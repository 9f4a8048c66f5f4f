"""RQ entry points: take ids, call one service in one transaction."""
