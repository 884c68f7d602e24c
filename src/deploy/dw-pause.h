/* dw-pause.h: waits for a time, and no longer than one wants it to
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean dw_pause (int milliseconds, GCancellable *cancellable, GError **error);

G_END_DECLS
