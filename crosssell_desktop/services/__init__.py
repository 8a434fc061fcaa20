"""One function = one thing a person can do = one transaction = one Outcome; no signals, no threads, no SQL."""
