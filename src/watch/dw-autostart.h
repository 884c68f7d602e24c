/* dw-autostart.h: whether the program starts, without a window, when its user signs in
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean dw_autostart_is_sandboxed (void);
gboolean dw_autostart_is_on (void);
gboolean dw_autostart_set (gboolean is_on, GCancellable *cancellable, GError **error);

G_END_DECLS
