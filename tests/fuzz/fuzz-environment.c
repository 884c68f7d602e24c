/* fuzz-environment.c: no text breaks the reading of an environment
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz.h"
#include "model/dw-environment.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;

  if (!dw_environment_validate (text, &error))
    {
      fuzz_check_error (error);
      return 0;
    }

  g_auto (GStrv) list = dw_environment_merge (text, "{}", &error);
  g_assert_no_error (error);
  g_autofree char *json = dw_environment_from_list ((const char *const *) list, &error);
  g_assert_no_error (error);
  g_auto (GStrv) again = dw_environment_merge ("{}", json, &error);
  g_assert_no_error (error);
  g_assert_cmpstrv (list, again);

  return 0;
}
