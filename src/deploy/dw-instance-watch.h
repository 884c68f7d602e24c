/* dw-instance-watch.h: whether an instance stays well
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/dw-engine.h"
#include "model/dw-instance.h"

G_BEGIN_DECLS

gboolean dw_instance_watch (
    DwEngine *engine, DwInstance *instance, int seconds, GCancellable *cancellable, GError **error);

G_END_DECLS
