/* dw-messenger.h: between the deploys and the desktop's notifications
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "ui/dw-session.h"

G_BEGIN_DECLS

#define DW_TYPE_MESSENGER (dw_messenger_get_type ())

G_DECLARE_FINAL_TYPE (DwMessenger, dw_messenger, DW, MESSENGER, GObject)

/* Main thread, all of it. */
DwMessenger *dw_messenger_new (GtkApplication *application);
void dw_messenger_set_session (DwMessenger *self, DwSession *session);

/* A stage's policy follows a newer version, and a person is to say what becomes of it. */
void dw_messenger_ask_version (DwMessenger *self,
                               const char *stage_id,
                               const char *tag,
                               const char *digest);
/* What serves in a stage does so no more; @reason says what is wrong. */
void dw_messenger_tell_health_lost (DwMessenger *self,
                                    const char *stage_id,
                                    const char *deploy_id,
                                    const char *reason);
/* What a crash had interrupted, of DwDeploy, was settled. */
void dw_messenger_tell_settled (DwMessenger *self, GPtrArray *deploys);
/* The process is to end, and waits for no answer. */
void dw_messenger_set_leaving (DwMessenger *self, gboolean is_leaving);

G_END_DECLS
