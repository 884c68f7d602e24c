/* fuzz-compose.c: no file breaks the import of a compose file
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "config/dw-compose.h"
#include "fuzz.h"
#include "model/dw-project.h"

/* Nothing is below it, so no other file is read. */
#define PATH "/nonexistent/compose.yaml"

static void
check_note (const DwConfigNote *note)
{
  g_assert_true (g_utf8_validate (note->text, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (note->text, -1), <, 1024);
  for (const char *c = note->text; *c != '\0'; c++)
    g_assert_false (g_ascii_iscntrl (*c));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const char *const environment[] = { "TAG=1.2.3", "EMPTY=", NULL };
  g_autoptr (GFile) file = g_file_new_for_path (PATH);
  g_autoptr (GError) error = NULL;
  g_autoptr (DwYamlNode) root = dw_yaml_parse ((const char *) data, size, "fuzz.yaml", &error);
  g_autoptr (DwConfigDocument)
      document = root != NULL ? dw_compose_read (root, file, environment, NULL, &error) : NULL;

  if (document == NULL)
    {
      fuzz_check_error (error);
      return 0;
    }

  for (guint i = 0; i < document->notes->len; i++)
    check_note (g_ptr_array_index (document->notes, i));
  /* What is proposed may be stored; a stage needs its project. */
  for (guint i = 0; i < document->items->len; i++)
    {
      DwConfigItem *item = g_ptr_array_index (document->items, i);

      if (item->type != DW_TYPE_PROJECT)
        g_object_set (item->entity, "project-id", "-", NULL);
      dw_entity_validate (item->entity, &error);
      g_assert_no_error (error);
    }

  return 0;
}
