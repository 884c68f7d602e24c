/* dw-adoption.h: containers that others made, and the projects that they would be
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "config/dw-config-note.h"
#include "engine/dw-engine.h"
#include "store/dw-store.h"

G_BEGIN_DECLS

/* A container that runs, and what is proposed for it. */
typedef struct
{
  char *container_id;
  char *container_name;
  char *image;        /* as it was asked for */
  DwProject *project; /* nullable: it cannot be adopted; its name is free in the store */
  DwStage *stage;     /* nullable, likewise */
  char *problem;      /* nullable: why it cannot be adopted */
  GPtrArray *notes; /* of DwConfigNote: what is not carried over, and what to do before a deploy */
} DwAdoption;

/* All of it blocks and is not for the main thread. Project and stage may be changed in between; the
 * container stays as it is. */
GPtrArray *
dw_adoption_list (DwEngine *engine, DwStore *store, GCancellable *cancellable, GError **error);
DwAdoption *dw_adoption_find (DwEngine *engine,
                              DwStore *store,
                              const char *container,
                              GCancellable *cancellable,
                              GError **error);
gboolean dw_adoption_apply (DwAdoption *self, DwStore *store, GError **error);
void dw_adoption_free (DwAdoption *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwAdoption, dw_adoption_free)

G_END_DECLS
