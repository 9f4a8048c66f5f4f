"""Who answers: a request in, a decision with its reasons out; pure functions on the province's directory."""
