/* dw-removal.h: what goes with a project or a stage, and its going
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-deployer.h"

G_BEGIN_DECLS

/* What is to be removed. */
typedef struct
{
  DwProject *project;
  gboolean is_whole; /* the project goes, too */
  GPtrArray *stages; /* of DwStage; those that go, in their order */
  GStrv containers;  /* their names, those that the engine has or is said to have */
  guint n_kept;      /* how many of them are kept for a rollback */
  gint64 n_deploys;  /* in the history */
} DwRemoval;

/* @stage is the one that is removed now. */
typedef void (*DwRemovalFunc) (DwStage *stage, guint index, guint n_stages, gpointer user_data);

/* All of it blocks and is not for the main thread. */
DwRemoval *dw_removal_read (DwStore *store,
                            DwEngine *engine,
                            const char *project_id,
                            const char *stage_id,
                            GCancellable *cancellable,
                            GError **error);
void dw_removal_free (DwRemoval *self);
gboolean dw_removal_can_be_undone (const DwRemoval *self);
gboolean dw_removal_run (const DwRemoval *self,
                         DwStore *store,
                         DwDeployer *deployer,
                         DwRemovalFunc function,
                         gpointer user_data,
                         GCancellable *cancellable,
                         GError **error);
gboolean dw_removal_undo (const DwRemoval *self, DwStore *store, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwRemoval, dw_removal_free)

G_END_DECLS
