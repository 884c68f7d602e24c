-- How the traffic comes to a new version, and what happens before and after.

ALTER TABLE stages ADD COLUMN
  release_command TEXT;
ALTER TABLE stages ADD COLUMN
  release_timeout_seconds INTEGER NOT NULL DEFAULT 600
                          CHECK (release_timeout_seconds BETWEEN 1 AND 86400);
ALTER TABLE stages ADD COLUMN
  drain_seconds INTEGER NOT NULL DEFAULT 30 CHECK (drain_seconds BETWEEN 0 AND 86400);
ALTER TABLE stages ADD COLUMN
  watch_seconds INTEGER NOT NULL DEFAULT 30 CHECK (watch_seconds BETWEEN 0 AND 86400);
-- 0: the new version gets all requests at once.
ALTER TABLE stages ADD COLUMN
  canary_percent INTEGER NOT NULL DEFAULT 0 CHECK (canary_percent BETWEEN 0 AND 99);
ALTER TABLE stages ADD COLUMN
  canary_seconds INTEGER NOT NULL DEFAULT 60 CHECK (canary_seconds BETWEEN 1 AND 86400);

-- Whether the gateway stands behind the user's own proxy.
ALTER TABLE settings ADD COLUMN
  proxy_strict INTEGER NOT NULL DEFAULT 0 CHECK (proxy_strict IN (0, 1));
ALTER TABLE settings ADD COLUMN
  proxy_forward_host TEXT;
ALTER TABLE settings ADD COLUMN
  proxy_certificate TEXT;
ALTER TABLE settings ADD COLUMN
  proxy_entrypoint TEXT;
ALTER TABLE settings ADD COLUMN
  gateway_image TEXT NOT NULL DEFAULT 'docker.io/library/haproxy:lts' CHECK (gateway_image <> '');
ALTER TABLE settings ADD COLUMN
  gateway_address TEXT NOT NULL DEFAULT '127.0.0.1' CHECK (gateway_address <> '');
ALTER TABLE settings ADD COLUMN
  gateway_port INTEGER NOT NULL DEFAULT 8880 CHECK (gateway_port BETWEEN 1 AND 65535);
