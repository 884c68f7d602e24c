-- The history in other orders than that of time. Among equals the newest comes first. How long a
-- deploy took is written as in src/store/dw-store-scan.c, or the index is not used.

CREATE INDEX deploys_by_tag ON deploys (tag, created_at DESC);
CREATE INDEX deploys_by_status ON deploys (status, created_at DESC);
CREATE INDEX deploys_by_duration
  ON deploys (julianday (finished_at) - julianday (started_at), created_at DESC);
