/* dw-proxy-error.h: why a reverse proxy did not do what it was asked for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DW_PROXY_ERROR (dw_proxy_error_quark ())

/**
 * DwProxyError:
 * @DW_PROXY_ERROR_UNREACHABLE: it does not answer, or not in time
 * @DW_PROXY_ERROR_NOT_A_PROXY: what answers there is something else
 * @DW_PROXY_ERROR_UNAUTHORIZED: it does not let the user in, or do what is needed
 * @DW_PROXY_ERROR_TAKEN: the host name is that of a route that is not this stage's
 * @DW_PROXY_ERROR_REFUSED: it answered with an error, in its own words
 * @DW_PROXY_ERROR_UNSUPPORTED: it cannot do that, or not with these settings
 * @DW_PROXY_ERROR_FAILED: anything else
 */
typedef enum
{
  DW_PROXY_ERROR_UNREACHABLE,
  DW_PROXY_ERROR_NOT_A_PROXY,
  DW_PROXY_ERROR_UNAUTHORIZED,
  DW_PROXY_ERROR_TAKEN,
  DW_PROXY_ERROR_REFUSED,
  DW_PROXY_ERROR_UNSUPPORTED,
  DW_PROXY_ERROR_FAILED,
} DwProxyError;

GQuark dw_proxy_error_quark (void);

G_END_DECLS
