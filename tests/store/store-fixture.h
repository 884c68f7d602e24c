/* store-fixture.h: a store in a folder of its own, with builders for what stands in it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <sqlite3.h>

#include "store/dw-store.h"

G_BEGIN_DECLS

typedef struct
{
  char *folder;
  char *path;
  DwStore *store;
} StoreFixture;

/* For g_test_add() with the type StoreFixture. */
void store_fixture_set_up (StoreFixture *self, gconstpointer data);
void store_fixture_set_up_closed (StoreFixture *self, gconstpointer data);
void store_fixture_tear_down (StoreFixture *self, gconstpointer data);
void store_fixture_close (StoreFixture *self);
void store_fixture_reopen (StoreFixture *self);

#define store_test_add(path, test)                                                                 \
  g_test_add (path, StoreFixture, NULL, store_fixture_set_up, test, store_fixture_tear_down)
/* Nothing is made at the path yet. */
#define store_test_add_closed(path, test)                                                          \
  g_test_add (path, StoreFixture, NULL, store_fixture_set_up_closed, test, store_fixture_tear_down)

/* Each writes a row and returns it; the names are the only thing to choose. (transfer full) */
DwRegistry *store_fixture_add_registry (DwStore *store, const char *name);
DwProject *store_fixture_add_project (DwStore *store, const char *name);
DwStage *store_fixture_add_stage (DwStore *store, DwProject *project, const char *name);
DwDeploy *store_fixture_add_deploy (DwStore *store, DwStage *stage, const char *tag);
DwInstance *store_fixture_add_instance (DwStore *store, DwDeploy *deploy);
void store_fixture_end_deploy (DwStore *store, DwDeploy *deploy, DwDeployStatus status);

/* A row as it is in the store now, or a failed test. (transfer full) */
gpointer store_fixture_read_again (DwStore *store, gpointer entity);
void store_fixture_assert_missing (DwStore *store, GType type, const char *id);
/* That every property of two entities is the same. */
void store_fixture_assert_equal (gpointer a, gpointer b);

/* Without the store between: what the schema itself says. */
sqlite3 *store_fixture_open_bare (const char *path);
int store_fixture_execute_bare (sqlite3 *handle, const char *sql);
gint64 store_fixture_count (StoreFixture *self, const char *sql);

/* Runs the main context until @is_true, or fails after half a minute. */
typedef gboolean (*StoreFixturePredicate) (gpointer user_data);
void store_fixture_wait (StoreFixturePredicate is_true, gpointer user_data);

/* This test program once more, as another process that does @task with the words that follow. */
GSubprocess *store_fixture_spawn (const char *task, const char *path, GSubprocessFlags flags);
/* For main(), before g_test_init(): what store_fixture_spawn() asked for, or NULL. */
const char *store_fixture_get_task (int argc, char **argv);
void store_fixture_say_ready (void);
void store_fixture_await_ready (GSubprocess *process);
/* Until the other end closes its pipe. */
void store_fixture_await_end (void);

char *store_fixture_get_checksum (const char *path);

G_END_DECLS
