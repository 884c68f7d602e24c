/* fuzz.h: what a fuzz target offers to libFuzzer, or to fuzz-driver.c in its place
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* Runs the parser on @data and checks what must hold for every input. Returns: 0 */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Checks the message of a refusal: it may go to a terminal, so it is one line, short and valid. */
static inline void
fuzz_check_error (const GError *error)
{
  g_assert_nonnull (error);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (error->message, -1), <, 1024);
  for (const char *c = error->message; *c != '\0'; c++)
    g_assert_false (g_ascii_iscntrl (*c));
}
