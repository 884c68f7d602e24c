/* dw-tag-source.h: what a stage can be deployed with, as the registry has it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "deploy/dw-deploy-plan.h"
#include "model/dw-image-reference.h"
#include "ui/dw-session.h"
#include "ui/dw-tag-item.h"

G_BEGIN_DECLS

/* What is known of a stage before its tags are. */
typedef struct
{
  DwDeployPlan *plan;
  DwProject *project;
  DwImageReference *image;
  GPtrArray *items; /* nullable: of DwTagItem, the newest first */
  GError *problem;  /* nullable: why there are no items */
} DwTagSource;

void dw_tag_source_read_async (DwSession *session,
                               const char *stage_id,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
DwTagSource *dw_tag_source_read_finish (GAsyncResult *result, GError **error);
void dw_tag_source_free (DwTagSource *self);
gboolean dw_tag_source_accepts (const DwTagSource *self, const char *text);

/* Asks what some items stand for; each is described as soon as that is known. */
void dw_tag_source_describe_async (const DwTagSource *self,
                                   DwSession *session,
                                   GPtrArray *items,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean dw_tag_source_describe_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwTagSource, dw_tag_source_free)

G_END_DECLS
