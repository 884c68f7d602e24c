/* engine-fixture.h: what the tests against a real engine share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/dw-engine.h"

G_BEGIN_DECLS

gboolean fixture_is_podman (void);
DwEngine *fixture_new_engine (void);
char *fixture_image (const char *name);
char *fixture_make_image (const char *reference, ...) G_GNUC_NULL_TERMINATED;
char *fixture_pull_image (DwEngine *engine, const char *name, ...) G_GNUC_NULL_TERMINATED;

GStrv fixture_strv (const char *first, ...) G_GNUC_NULL_TERMINATED;
DwContainerSpec *fixture_new_spec (const char *name, const char *image, const char *script);
char *fixture_create (DwEngine *engine, DwContainerSpec *spec);
char *fixture_run (DwEngine *engine, DwContainerSpec *spec);
gint64 fixture_wait (DwEngine *engine, const char *id);
char *fixture_read_all_logs (DwEngine *engine, const char *id);
char *fixture_http_get (guint16 port, const char *path);
char *fixture_create_raw (const char *json);
guint16 fixture_take_port (GSocket **socket);

/* A blocking call in a thread of its own, to be looked at and cancelled from the test's. */
typedef struct _FixtureCall FixtureCall;
typedef gboolean (*FixtureCallFunc) (FixtureCall *call, GError **error);

struct _FixtureCall
{
  DwEngine *engine;
  const char *target; /* what the function is to do it with */
  GCancellable *cancellable;
  GPtrArray *lines; /* of char *: what the function was told, under the lock */
  GMutex lock;
  GCond changed;
  GThread *thread;
  FixtureCallFunc function;
  gboolean is_done;
  gboolean succeeded;
  GError *error;
};

FixtureCall *fixture_call_new (DwEngine *engine, const char *target, FixtureCallFunc function);
void fixture_call_tell (FixtureCall *call, const char *line);
void fixture_call_await_lines (FixtureCall *call, guint n_lines);
void fixture_call_join (FixtureCall *call);
void fixture_call_cancel_and_check (FixtureCall *call);
void fixture_call_free (FixtureCall *call);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FixtureCall, fixture_call_free)

G_END_DECLS
