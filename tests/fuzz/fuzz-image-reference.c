/* fuzz-image-reference.c: no text breaks the reading of image names
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "fuzz.h"
#include "model/dw-image-reference.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (DwImageReference) reference = dw_image_reference_parse (text, &error);

  if (reference == NULL)
    {
      fuzz_check_error (error);
      return 0;
    }

  g_autofree char *written = dw_image_reference_to_string (reference);
  g_autofree char *repository = dw_image_reference_get_repository (reference);
  g_autoptr (DwImageReference) again = dw_image_reference_parse (written, &error);
  g_assert_no_error (error);
  g_autofree char *written_again = dw_image_reference_to_string (again);

  g_assert_cmpstr (written, ==, written_again);
  g_assert_cmpuint (strlen (repository), <=, 255);
  g_assert_cmpint (dw_image_reference_is_loopback (reference), ==,
                   dw_image_reference_is_loopback (again));

  return 0;
}
