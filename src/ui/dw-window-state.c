/* dw-window-state.c: what the window remembers from one time to the next
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Its size, its section, and what a page was last filtered by: nothing that any other part of the
 * program wants to know, which is why it is in GSettings and not in the store.
 */

#include "config.h"

#include "ui/dw-window-state.h"

/**
 * dw_window_state_open:
 *
 * Returns: (transfer full) (nullable): what is remembered; %NULL where the schema is not installed,
 *   as when the program is run from a build folder without GSETTINGS_SCHEMA_DIR
 */
GSettings *
dw_window_state_open (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, DW_APPLICATION_ID, TRUE);
  if (schema == NULL)
    {
      g_debug ("the schema %s is not installed: nothing is remembered", DW_APPLICATION_ID);
      return NULL;
    }

  return g_settings_new_full (schema, NULL, NULL);
}
