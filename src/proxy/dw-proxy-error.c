/* dw-proxy-error.c: why a reverse proxy did not do what it was asked for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "proxy/dw-proxy-error.h"

G_DEFINE_QUARK (dw_proxy_error, dw_proxy_error)
