/* deploy-fixture.h: a project with a stage on a real engine, and images in a real registry
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For test programs that run under fixtures/with-engine.
 */

#pragma once

#include "deploy/dw-deployer.h"
#include "model/dw-enum-types.h"

typedef struct
{
  char *directory;
  DwStore *store;
  DwEngine *engine;
  DwRegistries *registries;
  DwDeployer *deployer;
  char *repository; /* HOST:PORT/NAME in the open registry; a new one each test */
  DwProject *project;
  DwStage *stage;
  GPtrArray *digests; /* of what was pushed */
} Fixture;

void fixture_set_up (Fixture *self, gconstpointer data);
void fixture_tear_down (Fixture *self, gconstpointer data);

/* Pushes REPOSITORY:@tag, which answers @tag; the options are make-image's. Returns the digest,
 * which belongs to the fixture. */
const char *fixture_push (Fixture *self, const char *tag, ...) G_GNUC_NULL_TERMINATED;
DwStage *fixture_add_stage (Fixture *self, const char *name, int position);
const char *fixture_stage_id (Fixture *self);
guint16 fixture_find_free_port (void);

void fixture_wait (DwDeployJob *job);
/* Deploys and waits; the job is finished. */
DwDeployJob *fixture_deploy (Fixture *self, const char *target);
void fixture_deploy_well (Fixture *self, const char *target);
void fixture_assert_good (DwDeployJob *job);

/* The instance that serves in @stage_id, or NULL. */
DwInstance *fixture_get_instance (Fixture *self, const char *stage_id);
/* What the stage's instance answers to /, or NULL when nobody does. */
char *fixture_ask (Fixture *self, const char *stage_id, const char *path);
char *fixture_ask_port (guint16 port, const char *path);
#define fixture_assert_serves(self, stage_id, version)                                             \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *answer_ = fixture_ask (self, stage_id, "/");                                  \
    g_assert_cmpstr (answer_, ==, version);                                                        \
  }                                                                                                \
  G_STMT_END

DwDeploy *fixture_get_deploy (Fixture *self, DwDeployJob *job);
#define fixture_assert_status(self, job, expected)                                                 \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autoptr (DwDeploy) deploy_ = fixture_get_deploy (self, job);                                 \
    g_assert_cmpstr (dw_enum_to_nick (DW_TYPE_DEPLOY_STATUS, dw_deploy_get_status (deploy_)), ==,  \
                     dw_enum_to_nick (DW_TYPE_DEPLOY_STATUS, expected));                           \
  }                                                                                                \
  G_STMT_END

/* Containers with the stage's label: all, or those that run. */
guint fixture_count_containers (Fixture *self, const char *stage_id, gboolean only_running);
/* All lines of the deploy's log, one below the other. */
char *fixture_get_log (Fixture *self, DwDeployJob *job);
