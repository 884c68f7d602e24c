/* dw-watch-plan.h: which registries are to be asked about which repositories, for which stages
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-registries.h"

G_BEGIN_DECLS

/* One repository, whichever and however many projects run its images. */
typedef struct
{
  char *image; /* as the projects name it */
  DwImageReference *reference;
  GPtrArray *stage_ids; /* each stage is read when it is judged, as it is then */
} DwWatchRepository;

/**
 * DwWatchGroup:
 * @key: the registry's id, or the domain of images that no registry of the store stands for
 * @name: its name for people
 * @registry: (nullable): its row
 * @schedule: when it is looked at
 * @repositories: (element-type DwWatchRepository): by their images
 */
typedef struct
{
  char *key;
  char *name;
  DwRegistry *registry;
  char *schedule;
  GPtrArray *repositories;
} DwWatchGroup;

GPtrArray *dw_watch_plan_read (DwStore *store, GError **error);
void dw_watch_group_free (DwWatchGroup *group);
DwWatchGroup *dw_watch_plan_find (GPtrArray *groups, const char *key);
gboolean dw_watch_group_is_enabled (DwWatchGroup *group);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwWatchGroup, dw_watch_group_free)

G_END_DECLS
