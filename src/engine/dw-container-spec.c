/* dw-container-spec.c: what a container is to be made from
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "engine/dw-container-spec.h"

/**
 * dw_container_spec_new:
 * @name: the name of the container to be
 * @image: a reference or an image id
 *
 * Everything else is empty, and may be set in place.
 *
 * Returns: (transfer full): a new specification. Any thread.
 */
DwContainerSpec *
dw_container_spec_new (const char *name, const char *image)
{
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (image != NULL, NULL);

  DwContainerSpec *spec = g_new0 (DwContainerSpec, 1);
  spec->name = g_strdup (name);
  spec->image = g_strdup (image);
  spec->labels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  return spec;
}

/* Frees @spec with all that it holds. */
void
dw_container_spec_free (DwContainerSpec *spec)
{
  g_free (spec->name);
  g_free (spec->image);
  g_strfreev (spec->command);
  g_strfreev (spec->environment);
  g_strfreev (spec->binds);
  g_hash_table_unref (spec->labels);
  g_free (spec->network);
  g_free (spec->host_address);
  g_free (spec->other_address);
  g_free (spec->restart_policy);
  g_free (spec);
}
