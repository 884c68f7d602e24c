/* fuzz-configuration.c: no file breaks the reading of a configuration
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "config/dw-config-document.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwYamlNode) root = dw_yaml_parse ((const char *) data, size, "fuzz.yaml", &error);
  g_autoptr (DwConfigDocument) document = root != NULL ? dw_config_document_read (root, &error)
                                                       : NULL;

  if (document == NULL)
    {
      fuzz_check_error (error);
      return 0;
    }

  for (guint i = 0; i < document->items->len; i++)
    {
      DwConfigItem *item = g_ptr_array_index (document->items, i);
      g_autoptr (GError) problem = NULL;

      if (!dw_entity_validate (item->entity, &problem))
        fuzz_check_error (problem);
    }

  return 0;
}
