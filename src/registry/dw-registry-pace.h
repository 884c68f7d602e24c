/* dw-registry-pace.h: how fast a registry wants to be asked
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * DwRegistryPace:
 * @is_slow: it says slow down, or will soon: one request at a time
 * @pause_s: how many seconds it is to be left alone, or 0
 */
typedef struct
{
  gboolean is_slow;
  gint64 pause_s;
} DwRegistryPace;

DwRegistryPace dw_registry_pace_read (guint status, SoupMessageHeaders *headers, gint64 now_s);
gint64 dw_registry_pace_read_retry_after (SoupMessageHeaders *headers, gint64 now_s);

G_END_DECLS
