ALTER TABLE notes ADD COLUMN author TEXT NOT NULL DEFAULT 'nobody';

CREATE INDEX notes_by_author ON notes (author);
