/* dw-container.c: a container as the engine reports it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "engine/dw-container.h"

/**
 * dw_container_get_host_port:
 * @container: a container
 * @port: a TCP port inside
 *
 * Returns: where it is published on this machine, or 0 when it is not (or not while the container
 *   is stopped). Any thread.
 */
guint16
dw_container_get_host_port (const DwContainer *container, guint16 port)
{
  g_return_val_if_fail (container != NULL, 0);

  for (guint i = 0; i < container->ports->len; i++)
    {
      const DwContainerPort *published = g_ptr_array_index (container->ports, i);

      if (published->port == port)
        return published->host_port;
    }

  return 0;
}

/* Frees @container with all that it holds. */
void
dw_container_free (DwContainer *container)
{
  g_free (container->id);
  g_free (container->name);
  g_free (container->image);
  g_free (container->image_id);
  g_free (container->health_output);
  g_free (container->state_error);
  g_free (container->started_at);
  g_hash_table_unref (container->labels);
  g_ptr_array_unref (container->ports);
  g_hash_table_unref (container->addresses);
  g_strfreev (container->environment);
  g_strfreev (container->binds);
  g_clear_pointer (&container->setup, dw_container_setup_free);
  g_free (container);
}
