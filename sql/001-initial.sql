-- The first schema. Keys are UUIDs, times are UTC ISO 8601 with milliseconds, booleans are 0 or 1,
-- env and volumes are JSON. The program validates before it writes; what is checked here is what no
-- writer may get wrong.

CREATE TABLE registries (
  id              TEXT NOT NULL PRIMARY KEY,
  created_at      TEXT NOT NULL,
  updated_at      TEXT NOT NULL,
  name            TEXT NOT NULL UNIQUE CHECK (name <> ''),
  url             TEXT NOT NULL CHECK (url LIKE 'http://%' OR url LIKE 'https://%'),
  kind            TEXT NOT NULL CHECK (kind IN ('generic', 'docker-hub', 'ghcr', 'gitea', 'gitlab')),
  username        TEXT,
  schedule        TEXT,
  enabled         INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  last_checked_at TEXT,
  last_error      TEXT
) STRICT;

CREATE TABLE projects (
  id                 TEXT NOT NULL PRIMARY KEY,
  created_at         TEXT NOT NULL,
  updated_at         TEXT NOT NULL,
  name               TEXT NOT NULL UNIQUE CHECK (name <> ''),
  image              TEXT NOT NULL CHECK (image <> ''),
  registry_id        TEXT REFERENCES registries (id) ON DELETE SET NULL,
  port               INTEGER NOT NULL CHECK (port BETWEEN 0 AND 65535),
  health_kind        TEXT NOT NULL CHECK (health_kind IN ('none', 'http', 'tcp', 'docker')),
  health_path        TEXT NOT NULL,
  health_status      INTEGER NOT NULL CHECK (health_status = 0 OR health_status BETWEEN 100 AND 599),
  health_interval_ms INTEGER NOT NULL CHECK (health_interval_ms > 0),
  health_timeout_ms  INTEGER NOT NULL CHECK (health_timeout_ms > 0),
  health_retries     INTEGER NOT NULL CHECK (health_retries > 0),
  env                TEXT NOT NULL CHECK (json_valid (env) AND json_type (env) = 'object'),
  volumes            TEXT NOT NULL CHECK (json_valid (volumes) AND json_type (volumes) = 'array'),
  command            TEXT,
  network            TEXT,
  restart_policy     TEXT NOT NULL CHECK (restart_policy IN ('no', 'on-failure', 'unless-stopped')),
  memory_limit_bytes INTEGER NOT NULL CHECK (memory_limit_bytes >= 0),
  cpu_limit_millis   INTEGER NOT NULL CHECK (cpu_limit_millis >= 0)
) STRICT;

CREATE INDEX projects_by_registry ON projects (registry_id);

CREATE TABLE stages (
  id                  TEXT NOT NULL PRIMARY KEY,
  created_at          TEXT NOT NULL,
  updated_at          TEXT NOT NULL,
  project_id          TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  name                TEXT NOT NULL CHECK (name <> ''),
  position            INTEGER NOT NULL CHECK (position >= 0),
  policy_kind         TEXT NOT NULL CHECK (policy_kind IN ('semver', 'glob', 'regex', 'exact')),
  policy_pattern      TEXT NOT NULL CHECK (policy_pattern <> ''),
  auto_deploy         INTEGER NOT NULL CHECK (auto_deploy IN (0, 1)),
  confirm             INTEGER NOT NULL CHECK (confirm IN (0, 1)),
  keep                INTEGER NOT NULL CHECK (keep >= 0),
  host_port           INTEGER NOT NULL CHECK (host_port BETWEEN 0 AND 65535),
  domain              TEXT,
  env                 TEXT NOT NULL CHECK (json_valid (env) AND json_type (env) = 'object'),
  volumes             TEXT NOT NULL CHECK (json_valid (volumes) AND json_type (volumes) = 'array'),
  current_instance_id TEXT REFERENCES instances (id) ON DELETE SET NULL,
  UNIQUE (project_id, name)
) STRICT;

CREATE INDEX stages_by_position ON stages (project_id, position, name);
CREATE INDEX stages_by_current_instance ON stages (current_instance_id);

CREATE TABLE deploys (
  id          TEXT NOT NULL PRIMARY KEY,
  created_at  TEXT NOT NULL,
  updated_at  TEXT NOT NULL,
  project_id  TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  stage_id    TEXT NOT NULL REFERENCES stages (id) ON DELETE CASCADE,
  instance_id TEXT REFERENCES instances (id) ON DELETE SET NULL,
  image       TEXT NOT NULL CHECK (image <> ''),
  tag         TEXT,
  digest      TEXT,
  "trigger"   TEXT NOT NULL
              CHECK ("trigger" IN ('manual', 'watch', 'webhook', 'rollback', 'promote', 'cli')),
  status      TEXT NOT NULL
              CHECK (status IN ('pending', 'pulling', 'starting', 'health_checking',
                                'configuring_proxy', 'success', 'failed', 'rolled_back')),
  error       TEXT,
  started_at  TEXT,
  finished_at TEXT
) STRICT;

CREATE INDEX deploys_by_time ON deploys (created_at);
CREATE INDEX deploys_by_project ON deploys (project_id, created_at);
CREATE INDEX deploys_by_stage ON deploys (stage_id, created_at);
CREATE INDEX deploys_by_instance ON deploys (instance_id);
-- The few that have not ended are asked for at every start.
CREATE INDEX deploys_unfinished ON deploys (created_at)
  WHERE status NOT IN ('success', 'failed', 'rolled_back');

-- A deploy that has ended is history. Only its instance may go from it, when the container goes.
CREATE TRIGGER deploys_never_change_after_the_end
BEFORE UPDATE ON deploys
WHEN OLD.status IN ('success', 'failed', 'rolled_back')
     AND NOT (NEW.instance_id IS NULL
              AND (NEW.id, NEW.created_at, NEW.updated_at, NEW.project_id, NEW.stage_id, NEW.image,
                   NEW."trigger", NEW.status)
                  = (OLD.id, OLD.created_at, OLD.updated_at, OLD.project_id, OLD.stage_id,
                     OLD.image, OLD."trigger", OLD.status)
              AND NEW.tag IS OLD.tag
              AND NEW.digest IS OLD.digest
              AND NEW.error IS OLD.error
              AND NEW.started_at IS OLD.started_at
              AND NEW.finished_at IS OLD.finished_at)
BEGIN
  SELECT RAISE (ABORT, 'the deploy has ended, and is not edited any more');
END;

-- A deploy cannot go while a container of it is there; with its stage both go.
CREATE TABLE instances (
  id             TEXT NOT NULL PRIMARY KEY,
  created_at     TEXT NOT NULL,
  updated_at     TEXT NOT NULL,
  stage_id       TEXT NOT NULL REFERENCES stages (id) ON DELETE CASCADE,
  deploy_id      TEXT NOT NULL REFERENCES deploys (id),
  container_id   TEXT,
  container_name TEXT,
  image          TEXT NOT NULL CHECK (image <> ''),
  tag            TEXT,
  digest         TEXT NOT NULL CHECK (digest <> ''),
  host_port      INTEGER NOT NULL CHECK (host_port BETWEEN 0 AND 65535),
  domain         TEXT,
  route_id       TEXT,
  status         TEXT NOT NULL CHECK (status IN ('running', 'stopped', 'failed', 'removing'))
) STRICT;

CREATE INDEX instances_by_stage ON instances (stage_id, created_at);
CREATE INDEX instances_by_deploy ON instances (deploy_id);

-- The number is the order in which the lines were written.
CREATE TABLE deploy_logs (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  deploy_id  TEXT NOT NULL REFERENCES deploys (id) ON DELETE CASCADE,
  level      TEXT NOT NULL CHECK (level IN ('debug', 'info', 'warning', 'error')),
  phase      TEXT NOT NULL
             CHECK (phase IN ('pending', 'pulling', 'starting', 'health_checking',
                              'configuring_proxy', 'success', 'failed', 'rolled_back')),
  message    TEXT NOT NULL
) STRICT;

CREATE INDEX deploy_logs_by_deploy ON deploy_logs (deploy_id, id);

CREATE TABLE settings (
  id                     INTEGER PRIMARY KEY CHECK (id = 1),
  created_at             TEXT NOT NULL,
  updated_at             TEXT NOT NULL,
  engine_address         TEXT,
  default_schedule       TEXT NOT NULL DEFAULT '@every 5m' CHECK (default_schedule <> ''),
  proxy_kind             TEXT NOT NULL DEFAULT 'none'
                         CHECK (proxy_kind IN ('none', 'gateway', 'npm', 'caddy', 'traefik')),
  proxy_address          TEXT,
  proxy_user             TEXT,
  base_domain            TEXT,
  network                TEXT,
  webhook_enabled        INTEGER NOT NULL DEFAULT 0 CHECK (webhook_enabled IN (0, 1)),
  webhook_port           INTEGER NOT NULL DEFAULT 9339 CHECK (webhook_port BETWEEN 1 AND 65535),
  notify_success         INTEGER NOT NULL DEFAULT 1 CHECK (notify_success IN (0, 1)),
  notify_failure         INTEGER NOT NULL DEFAULT 1 CHECK (notify_failure IN (0, 1)),
  notify_update          INTEGER NOT NULL DEFAULT 1 CHECK (notify_update IN (0, 1)),
  outgoing_webhook_url   TEXT,
  history_retention_days INTEGER NOT NULL DEFAULT 0 CHECK (history_retention_days >= 0),
  max_parallel_deploys   INTEGER NOT NULL DEFAULT 2 CHECK (max_parallel_deploys BETWEEN 1 AND 64)
) STRICT;

INSERT INTO settings (id, created_at, updated_at)
VALUES (1, strftime ('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime ('%Y-%m-%dT%H:%M:%fZ', 'now'));

CREATE TRIGGER settings_always_exist
BEFORE DELETE ON settings
BEGIN
  SELECT RAISE (ABORT, 'the settings are always there');
END;
