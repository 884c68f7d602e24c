-- The first two statements work, so that there is something to undo.
DELETE FROM notes;

CREATE TABLE more (id INTEGER PRIMARY KEY) STRICT;

INSERT INTO nowhere VALUES (1);
