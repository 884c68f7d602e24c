/* dw-engine-choice.c: the engine that the settings choose
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "deploy/dw-engine-choice.h"

#include <glib/gi18n-lib.h>

#include "engine/dw-engine-address.h"
#include "engine/dw-engine-error.h"

/**
 * dw_choose_engine:
 * @store: where the settings are
 * @error: a DW_STORE_ERROR, or a DW_ENGINE_ERROR when no engine is to be found
 *
 * The engine at the address in the settings or, without one, where it usually is. Whether it
 * answers is not asked. Blocks for moments; not on the main thread.
 *
 * Returns: (transfer full) (nullable): the engine
 */
DwEngine *
dw_choose_engine (DwStore *store, GError **error)
{
  g_autoptr (DwSettings) settings = dw_store_get_settings (store, error);

  if (settings == NULL)
    return NULL;

  g_autofree char *address = dw_engine_find_address (dw_settings_get_engine_address (settings),
                                                     NULL, error);
  if (address == NULL)
    return NULL;

  g_debug ("The engine is at %s", address);

  return dw_engine_new (address);
}

/**
 * dw_choose_engine_or_nowhere:
 * @store: where the settings are
 * @error: a DW_STORE_ERROR
 *
 * As dw_choose_engine(), for what can do a part of its work without an engine. Blocks for moments;
 * not on the main thread.
 *
 * Returns: (transfer full) (nullable): the engine; when none is to be found, one whose every
 * request says so
 */
DwEngine *
dw_choose_engine_or_nowhere (DwStore *store, GError **error)
{
  g_autoptr (GError) problem = NULL;
  DwEngine *engine = dw_choose_engine (store, &problem);

  if (engine == NULL && problem->domain == DW_ENGINE_ERROR)
    return dw_engine_new_nowhere (problem);
  if (engine == NULL)
    g_propagate_error (error, g_steal_pointer (&problem));

  return engine;
}

/**
 * dw_check_engine_address:
 * @address: what the setting of the engine's address is to be; nothing leaves the choice open
 * @error: DW_ENGINE_ERROR_INVALID
 *
 * Nobody is asked whether an engine answers there. Any thread.
 *
 * Returns: whether that is the address of an engine
 */
gboolean
dw_check_engine_address (const char *address, GError **error)
{
  g_autofree char *found = NULL;

  g_return_val_if_fail (address != NULL, FALSE);

  if (*address == '\0')
    return TRUE;

  found = dw_engine_find_address (address, NULL, error);

  return found != NULL;
}

/**
 * dw_test_engine_address:
 * @address: what the setting of the engine's address is to be; nothing leaves the choice open
 * @cancellable: (nullable): ends the request
 * @error: a DW_ENGINE_ERROR
 *
 * Blocks; not on the main thread.
 *
 * Returns: (transfer full) (nullable): what answers there, for a person
 */
char *
dw_test_engine_address (const char *address, GCancellable *cancellable, GError **error)
{
  g_autofree char *found = NULL;
  g_autoptr (DwEngine) engine = NULL;
  g_autoptr (DwEngineInfo) info = NULL;

  g_return_val_if_fail (address != NULL, NULL);

  found = dw_engine_find_address (*address != '\0' ? address : NULL, NULL, error);
  if (found == NULL)
    return NULL;

  engine = dw_engine_new (found);
  info = dw_engine_get_info (engine, cancellable, error);

  return info == NULL
             ? NULL
             /* Translators: a product, its version, and the address where it answers */
             : g_strdup_printf (_ ("%s %s answers at %s"), info->product, info->version, found);
}
