/* dw-notifier.h: what the desktop is told, one notification a stage
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "model/dw-deploy.h"
#include "model/dw-project.h"
#include "model/dw-settings.h"
#include "model/dw-stage.h"

G_BEGIN_DECLS

/* What its buttons activate, which the application has; the first part is the target's type:
 *   s     the stage's id
 *   (ss)  the stage's id, and a deploy's
 *   (sss) the stage's id, a tag and its digest
 */
#define DW_NOTIFIER_ACTION_OPEN "open-stage"         /* s */
#define DW_NOTIFIER_ACTION_SHOW_LOG "show-log"       /* (ss) */
#define DW_NOTIFIER_ACTION_ROLL_BACK "roll-back"     /* s */
#define DW_NOTIFIER_ACTION_DEPLOY "deploy-version"   /* (sss) */
#define DW_NOTIFIER_ACTION_NOT_NOW "decline-version" /* (sss) */

#define DW_TYPE_NOTIFIER (dw_notifier_get_type ())

G_DECLARE_FINAL_TYPE (DwNotifier, dw_notifier, DW, NOTIFIER, GObject)

/* Main thread, all of it. */
DwNotifier *dw_notifier_new (GApplication *application);

void dw_notifier_tell_deploy (DwNotifier *self,
                              DwSettings *settings,
                              DwProject *project,
                              DwStage *stage,
                              DwDeploy *deploy,
                              gboolean can_roll_back);
void
dw_notifier_tell_refusal (DwNotifier *self, DwProject *project, DwStage *stage, const char *reason);
void dw_notifier_tell_health_lost (DwNotifier *self,
                                   DwSettings *settings,
                                   DwProject *project,
                                   DwStage *stage,
                                   DwDeploy *deploy,
                                   gboolean can_roll_back,
                                   const char *reason);
void dw_notifier_ask_version (DwNotifier *self,
                              DwSettings *settings,
                              DwProject *project,
                              DwStage *stage,
                              const char *tag,
                              const char *digest);
void dw_notifier_withdraw (DwNotifier *self, const char *stage_id);
void dw_notifier_set_patient (DwNotifier *self, gboolean is_patient);

G_END_DECLS
