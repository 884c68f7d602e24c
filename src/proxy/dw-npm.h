/* dw-npm.h: an Nginx Proxy Manager that the user runs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "proxy/dw-proxy.h"

G_BEGIN_DECLS

#define DW_NPM_DEFAULT_ADDRESS "http://localhost:81"

#define DW_TYPE_NPM (dw_npm_get_type ())

G_DECLARE_FINAL_TYPE (DwNpm, dw_npm, DW, NPM, GObject)

DwNpm *
dw_npm_new (const char *address, const char *user, const char *password, const char *certificate);

G_END_DECLS
