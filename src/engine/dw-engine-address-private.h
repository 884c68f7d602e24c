/* dw-engine-address-private.h: an address taken apart
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/dw-engine-address.h"

G_BEGIN_DECLS

GSocketConnectable *dw_engine_address_parse (const char *address, GError **error);
char *dw_engine_address_get_remedy (const char *address, int code);

G_END_DECLS
