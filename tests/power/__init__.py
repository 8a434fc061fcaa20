"""Power cuts under the real store code: only what was synced stays, and the rest is torn."""
