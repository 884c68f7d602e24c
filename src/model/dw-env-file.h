/* dw-env-file.h: the text of an .env file
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

GStrv dw_env_file_parse (const char *text, GError **error);

G_END_DECLS
