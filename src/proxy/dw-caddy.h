/* dw-caddy.h: a Caddy that the user runs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "proxy/dw-proxy.h"

G_BEGIN_DECLS

#define DW_CADDY_DEFAULT_ADDRESS "http://localhost:2019"

#define DW_TYPE_CADDY (dw_caddy_get_type ())

G_DECLARE_FINAL_TYPE (DwCaddy, dw_caddy, DW, CADDY, GObject)

DwCaddy *dw_caddy_new (const char *address);

G_END_DECLS
