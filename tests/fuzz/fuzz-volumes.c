/* fuzz-volumes.c: no text breaks the reading of volumes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz.h"
#include "model/dw-volumes.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;

  if (!dw_volumes_validate (text, &error))
    {
      fuzz_check_error (error);
      return 0;
    }

  /* All of them have the target of one that wins: what is left is the list itself. */
  g_auto (GStrv) list = dw_volumes_merge (text, text, &error);
  g_assert_no_error (error);
  g_autofree char *json = dw_volumes_from_list ((const char *const *) list, &error);
  g_assert_no_error (error);
  g_auto (GStrv) again = dw_volumes_merge (json, "[]", &error);
  g_assert_no_error (error);
  g_assert_cmpstrv (list, again);

  return 0;
}
