/* dw-instance-watch.h: whether an instance stays well
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/dw-engine.h"
#include "model/dw-instance.h"
#include "model/dw-project.h"

G_BEGIN_DECLS

/* Whether there is any use in watching on. */
typedef gboolean (*DwInstanceWatchFunc) (gpointer user_data);

/* Blocks and is not for the main thread. */
gboolean dw_instance_watch (DwEngine *engine,
                            DwProject *project,
                            DwInstance *instance,
                            int seconds,
                            DwInstanceWatchFunc goes_on,
                            gpointer user_data,
                            GCancellable *cancellable,
                            GError **error);

G_END_DECLS
