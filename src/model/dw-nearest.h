/* dw-nearest.h: what a person may have meant
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

const char *dw_find_nearest (const char *word, const char *const *candidates);
char *dw_suggest (const char *word, const char *const *candidates);

G_END_DECLS
