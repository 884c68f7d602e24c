/* fuzz-json.c: no answer breaks the reading of JSON
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "fuzz.h"
#include "model/dw-json.h"

/* What was read is text all the way down. */
static void
check (JsonNode *node)
{
  g_autofree char *text = json_to_string (node, FALSE);

  g_assert_true (g_utf8_validate (text, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) exact_error = NULL;
  g_autoptr (JsonNode) node = dw_json_parse ((const char *) data, (gssize) size, &error);
  g_autoptr (JsonNode) exact = dw_json_parse_text (text, &exact_error);

  if (node != NULL)
    check (node);
  else
    fuzz_check_error (error);

  if (exact == NULL)
    fuzz_check_error (exact_error);
  else if (strlen (text) == size)
    g_assert_true (json_node_equal (node, exact));

  return 0;
}
