-- In which form the outgoing webhook's receiver takes what it is told.
ALTER TABLE settings ADD COLUMN outgoing_webhook_kind TEXT NOT NULL DEFAULT 'generic'
  CHECK (outgoing_webhook_kind IN ('generic', 'slack', 'ntfy', 'gotify'));
