-- What watching is told, and what it knows.

-- A tag is followed when include, an expression, is found in it, and exclude is not.
ALTER TABLE stages ADD COLUMN policy_include TEXT;
ALTER TABLE stages ADD COLUMN policy_exclude TEXT;
-- How long a version must have been there before it is taken.
ALTER TABLE stages ADD COLUMN minimum_age_s INTEGER NOT NULL DEFAULT 0 CHECK (minimum_age_s >= 0);
-- The hours of the week in which a version may deploy itself, or none for all of them.
ALTER TABLE stages ADD COLUMN allowed_hours TEXT;
ALTER TABLE stages ADD COLUMN pre_pull INTEGER NOT NULL DEFAULT 0 CHECK (pre_pull IN (0, 1));

-- These are not edited with the rest of a stage: they have statements of their own.
ALTER TABLE stages ADD COLUMN snoozed_until TEXT;
ALTER TABLE stages ADD COLUMN declined_digest TEXT;
ALTER TABLE stages ADD COLUMN newer_state TEXT NOT NULL DEFAULT 'none'
  CHECK (newer_state IN ('none', 'shown', 'asks', 'declined', 'aging', 'closed', 'snoozed', 'held',
                         'stopped', 'ready'));
ALTER TABLE stages ADD COLUMN newer_tag TEXT;
ALTER TABLE stages ADD COLUMN newer_digest TEXT;
ALTER TABLE stages ADD COLUMN newer_since TEXT;
ALTER TABLE stages ADD COLUMN newer_until TEXT;

ALTER TABLE settings ADD COLUMN keep_watching INTEGER NOT NULL DEFAULT 0
  CHECK (keep_watching IN (0, 1));
ALTER TABLE settings ADD COLUMN start_at_login INTEGER NOT NULL DEFAULT 0
  CHECK (start_at_login IN (0, 1));

-- What was last seen of an image's repository. tags says of each tag when it was first seen, digests
-- of each tag that is watched for what it stands for and since when; times are seconds since 1970.
CREATE TABLE repositories (
  id          TEXT NOT NULL PRIMARY KEY,
  created_at  TEXT NOT NULL,
  updated_at  TEXT NOT NULL,
  image       TEXT NOT NULL UNIQUE CHECK (image <> ''),
  etag        TEXT,
  tags_digest TEXT,
  tags        TEXT NOT NULL CHECK (json_valid (tags) AND json_type (tags) = 'object'),
  digests     TEXT NOT NULL CHECK (json_valid (digests) AND json_type (digests) = 'object'),
  checked_at  TEXT,
  error       TEXT
) STRICT;

-- The versions that a stage does not take by itself, and why.
CREATE TABLE held_versions (
  id         TEXT NOT NULL PRIMARY KEY,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  stage_id   TEXT NOT NULL REFERENCES stages (id) ON DELETE CASCADE,
  tag        TEXT,
  digest     TEXT NOT NULL CHECK (digest <> ''),
  reason     TEXT NOT NULL CHECK (reason IN ('failed', 'cancelled', 'rolled-back', 'skipped')),
  UNIQUE (stage_id, digest)
) STRICT;
