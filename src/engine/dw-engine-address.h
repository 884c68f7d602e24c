/* dw-engine-address.h: where the engine listens
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * DwEngineSource:
 *
 * What named the address, in the order in which it is asked.
 */
typedef enum
{
  DW_ENGINE_SOURCE_SETTING,
  DW_ENGINE_SOURCE_DOCKER_HOST,
  DW_ENGINE_SOURCE_DOCKER_CONTEXT,
  DW_ENGINE_SOURCE_USUAL_SOCKET,
} DwEngineSource;

char *dw_engine_find_address (const char *setting, DwEngineSource *source, GError **error);

G_END_DECLS
