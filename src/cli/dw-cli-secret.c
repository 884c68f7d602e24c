/* dw-cli-secret.c: a password from standard input
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "cli/dw-cli-secret.h"

#include <gio/gunixinputstream.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "cli/dw-cli-error.h"

#define PASSWORD_LIMIT 65536

static void
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, DW_CLI_ERROR, DW_CLI_ERROR_USAGE, message);
}

/**
 * dw_cli_secret_read:
 * @option: what asks for it, for the message
 * @cancellable: (nullable): ends the waiting
 * @error: DW_CLI_ERROR_USAGE, or a G_IO_ERROR
 *
 * Reads one line from standard input. Blocks.
 *
 * Returns: (transfer full) (nullable): the line without its end
 */
char *
dw_cli_secret_read (const char *option, GCancellable *cancellable, GError **error)
{
  g_autoptr (GInputStream) stream = NULL;
  g_autofree char *text = g_new (char, PASSWORD_LIMIT + 2);
  gsize length = 0;

  if (isatty (STDIN_FILENO))
    {
      g_set_error (error, DW_CLI_ERROR, DW_CLI_ERROR_USAGE,
                   _ ("%s reads from a file or a pipe, so that nobody sees what is typed: … %s < "
                      "FILE"),
                   option, option);
      return NULL;
    }

  stream = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  if (!g_input_stream_read_all (stream, text, PASSWORD_LIMIT + 1, &length, cancellable, error))
    {
      g_prefix_error_literal (error, _ ("The password cannot be read: "));
      return NULL;
    }

  text[length] = '\0';
  gsize end = strcspn (text, "\r\n");
  gboolean is_one_line = text[end + strspn (text + end, "\r\n")] == '\0' && strlen (text) == length;
  text[end] = '\0';

  if (length > PASSWORD_LIMIT)
    refuse (error, _ ("The password on standard input is longer than 64 KiB"));
  else if (end == 0)
    refuse (error, _ ("There is no password on standard input"));
  else if (!is_one_line)
    refuse (error, _ ("The password on standard input must be one line"));
  else if (!g_utf8_validate (text, -1, NULL))
    refuse (error, _ ("The password on standard input is not valid UTF-8"));
  else
    return g_steal_pointer (&text);

  return NULL;
}
