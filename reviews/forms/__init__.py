"""What people type on the desk: input shape and words; the rules stand in plans and services."""
