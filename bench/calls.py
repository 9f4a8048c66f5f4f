"""A year of invented calls for `make plans`, written by the database itself: it is size that matters, not sense."""

from sqlalchemy import text

from ticketing.extensions import db, transaction

#: One in ten was never answered, one in a hundred is still to be filed; each has its four signals.
CALLS = """
INSERT INTO call (provider, exchange, provider_id, state, direction, called, hotline_number, caller, language, rang_at,
                  answered_at, ended_at, answered_by, end_reason, callback_asked, transfers, held_seconds, bureau_code,
                  account_id, outcome, reason, notes, filed_at, created_at, heard_at)
SELECT 'bench', 'bench', 'bench-' || n, 'ended', 'in', h.number, h.number, '+861390' || lpad((n % 400000)::text, 7, '0'),
       'zh', at, CASE WHEN n % 10 > 0 THEN at + interval '9 seconds' END, at + interval '3 minutes', '', 'completed',
       false, 0, 0, h.bureau_code, CASE WHEN n % 10 > 0 THEN :account END,
       CASE WHEN n % 10 = 0 THEN 'missed' WHEN n % 100 > 1 THEN 'no_ticket' END, 'wrong', '', at + interval '4 minutes',
       at, at + interval '3 minutes'
FROM (SELECT n, date_trunc('second', now()) - n * interval '31 seconds' AS at FROM generate_series(1, :calls) AS n) AS told
JOIN (SELECT number, bureau_code, row_number() OVER (ORDER BY number) - 1 AS place, count(*) OVER () AS lines
      FROM hotline) AS h ON h.place = told.n % h.lines
ON CONFLICT DO NOTHING
"""
EVENTS = """
INSERT INTO call_event (call_id, key, kind, at, exact, data, heard_at)
SELECT c.id, kind, kind, c.rang_at, true, data::json, c.rang_at
FROM call AS c CROSS JOIN (VALUES ('Ringing', '{"called": "", "caller": "", "direction": "in"}'),
     ('Answered', '{"by": ""}'), ('Recorded', '{"recording": "bench", "seconds": 52}'), ('Ended', '{"reason": ""}'))
     AS told (kind, data)
WHERE c.exchange = 'bench' ON CONFLICT DO NOTHING
"""
DUTIES = """
INSERT INTO callback (call_id, kind, hotline_number, bureau_code, caller, owner_id, opened_at, due_at, attempts, note,
                      done_at, outcome)
SELECT id, CASE WHEN answered_at IS NULL THEN 'missed' ELSE 'unfiled' END, hotline_number, bureau_code, caller,
       account_id, ended_at, ended_at + interval '15 minutes', 0, '',
       CASE WHEN id % 100 > 0 THEN ended_at + interval '9 minutes' END, CASE WHEN id % 100 > 0 THEN outcome END
FROM call WHERE exchange = 'bench' AND (answered_at IS NULL OR outcome IS NULL) ON CONFLICT DO NOTHING
"""


def fill(calls: int, account: int) -> int:
    """Fill up to so many calls, answered by one account; return the id of the newest."""
    with transaction():
        known = db.session.scalar(text("SELECT count(*) FROM call WHERE exchange = 'bench'")) or 0
        if known < calls:
            db.session.execute(text("SET LOCAL statement_timeout = 0"))
            db.session.execute(text(CALLS), {"calls": calls, "account": account})
            db.session.execute(text(EVENTS))
            db.session.execute(text(DUTIES))
    if known < calls:
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text("ANALYZE call, call_event, callback"))
    return int(db.session.scalar(text("SELECT max(id) FROM call")) or 0)
