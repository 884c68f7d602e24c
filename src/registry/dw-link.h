/* dw-link.h: where an HTTP header Link leads
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *dw_link_find_next (const char *header);

G_END_DECLS
