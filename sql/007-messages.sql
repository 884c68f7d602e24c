-- Which notifications a project gives.
ALTER TABLE projects ADD COLUMN
  notifications TEXT NOT NULL DEFAULT 'all' CHECK (notifications IN ('all', 'failures', 'none'));

-- What came of the last message: why it was not delivered, and when. Another receiver has a clean
-- record.
ALTER TABLE settings ADD COLUMN
  outgoing_webhook_error TEXT;
ALTER TABLE settings ADD COLUMN
  outgoing_webhook_failed_at TEXT;

CREATE TRIGGER another_receiver_has_refused_nothing
AFTER UPDATE OF outgoing_webhook_url, outgoing_webhook_kind ON settings
WHEN (NEW.outgoing_webhook_url, NEW.outgoing_webhook_kind)
     IS NOT (OLD.outgoing_webhook_url, OLD.outgoing_webhook_kind)
BEGIN
  UPDATE settings SET outgoing_webhook_error = NULL, outgoing_webhook_failed_at = NULL;
END;

-- What the outgoing webhook has not been told yet, and the project wants it to be. It is written with
-- what it tells of, so that no process can end between the two; whoever delivers it deletes it.
CREATE TABLE messages (
  id         TEXT NOT NULL PRIMARY KEY,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  event      TEXT NOT NULL CHECK (event IN ('deploy', 'update', 'health')),
  stage_id   TEXT NOT NULL REFERENCES stages (id) ON DELETE CASCADE,
  deploy_id  TEXT REFERENCES deploys (id) ON DELETE CASCADE,
  tag        TEXT,
  digest     TEXT,
  text       TEXT
) STRICT;

CREATE INDEX messages_by_stage ON messages (stage_id);
CREATE INDEX messages_by_deploy ON messages (deploy_id);

-- Of one that waited and gave way to a newer request for its stage nothing is told: that one is.
CREATE TRIGGER the_end_of_a_deploy_is_told
AFTER UPDATE OF status ON deploys
WHEN NEW.status IN ('success', 'failed', 'rolled_back')
     AND OLD.status NOT IN ('success', 'failed', 'rolled_back')
     AND (SELECT outgoing_webhook_url FROM settings) IS NOT NULL
     AND (SELECT CASE notifications WHEN 'all' THEN 1
                                    WHEN 'failures' THEN NEW.status <> 'success'
                                    ELSE 0 END
          FROM projects WHERE projects.id = NEW.project_id)
     AND NOT (OLD.status = 'pending'
              AND EXISTS (SELECT 1 FROM deploys AS newer
                          WHERE newer.stage_id = NEW.stage_id
                            AND newer.rowid > NEW.rowid
                            AND newer.status NOT IN ('success', 'failed', 'rolled_back')))
BEGIN
  INSERT INTO messages (id, created_at, updated_at, event, stage_id, deploy_id)
  VALUES (lower (hex (randomblob (16))), NEW.updated_at, NEW.updated_at, 'deploy', NEW.stage_id,
          NEW.id);
END;

CREATE TRIGGER a_version_that_asks_is_told
AFTER UPDATE OF newer_state, newer_digest ON stages
WHEN NEW.newer_state = 'asks'
     AND (OLD.newer_state <> 'asks' OR OLD.newer_digest IS NOT NEW.newer_digest)
     AND (SELECT outgoing_webhook_url FROM settings) IS NOT NULL
     AND (SELECT notifications FROM projects WHERE projects.id = NEW.project_id) = 'all'
BEGIN
  INSERT INTO messages (id, created_at, updated_at, event, stage_id, tag, digest)
  VALUES (lower (hex (randomblob (16))), NEW.updated_at, NEW.updated_at, 'update', NEW.id,
          NEW.newer_tag, NEW.newer_digest);
END;
