/* dw-window-state.h: what the window remembers from one time to the next
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GSettings *dw_window_state_open (void);

G_END_DECLS
