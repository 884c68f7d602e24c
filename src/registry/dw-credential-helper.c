/* dw-credential-helper.c: a program that keeps Docker's credentials
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The protocol is that of docker-credential-helpers: `docker-credential-NAME get` reads the
 * registry's address from its input, and writes JSON, or, with a status that is not 0, what is
 * wrong.
 */

#include "config.h"

#include "registry/dw-credential-helper.h"

#include <gio/gunixinputstream.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "model/dw-json.h"
#include "model/dw-model-error.h"
#include "registry/dw-deadline.h"
#include "registry/dw-registry-client.h"

#define HELPER_LIMIT_MS (30 * 1000)
#define OUTPUT_BYTES (64 * 1024)
#define NOT_FOUND "credentials not found"

typedef struct
{
  GSubprocess *process;
  guint8 output[OUTPUT_BYTES + 1];
  gsize length;
  GError *error;
  gboolean is_read;
  gboolean is_ended;
} Run;

static void
free_run (Run *run)
{
  explicit_bzero (run->output, sizeof run->output);
  g_clear_object (&run->process);
  g_clear_error (&run->error);
  g_free (run);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Run, free_run)

static gboolean
fail (GError **error, DwRegistryError code, const char *program, const char *problem)
{
  g_set_error (error, DW_REGISTRY_ERROR, code,
               _ ("%s %s; mend it, or add the registry with credentials of its own"), program,
               problem);
  return FALSE;
}

/* The address as a file, so that a helper that does not read it holds nobody up. */
static int
open_input (const char *address, GError **error)
{
  int fd = memfd_create ("address", MFD_CLOEXEC);

  if (fd >= 0 && write (fd, address, strlen (address)) == (gssize) strlen (address) &&
      lseek (fd, 0, SEEK_SET) == 0)
    return fd;

  int number = errno;
  if (fd >= 0)
    close (fd);
  g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_FAILED,
               _ ("there is no memory for a file: %s"), g_strerror (number));
  return -1;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;

  g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &run->length, &run->error);
  run->is_read = TRUE;
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, run->error == NULL ? &run->error : NULL);
  run->is_ended = TRUE;
}

static Run *
run_helper (const char *program,
            const char *path,
            const char *address,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (Run) run = g_new0 (Run, 1);
  g_auto (DwDeadline) deadline = { 0 };
  int input = open_input (address, error);

  if (input < 0)
    return NULL;

  dw_deadline_begin (&deadline, context, HELPER_LIMIT_MS, cancellable);
  g_subprocess_launcher_take_stdin_fd (launcher, input);
  run->process = g_subprocess_launcher_spawn (launcher, error, path, "get", NULL);
  if (run->process == NULL)
    return NULL;

  g_input_stream_read_all_async (g_subprocess_get_stdout_pipe (run->process), run->output,
                                 OUTPUT_BYTES + 1, G_PRIORITY_DEFAULT, deadline.cancellable,
                                 on_read, run);
  dw_deadline_wait (&deadline, &run->is_read);
  gboolean is_too_much = run->length > OUTPUT_BYTES;
  if (run->error != NULL || is_too_much)
    g_subprocess_force_exit (run->process);
  g_subprocess_wait_async (run->process, deadline.cancellable, on_ended, run);
  dw_deadline_wait (&deadline, &run->is_ended);

  if (g_error_matches (run->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      /* It may have been the waiting that was ended, with the helper still there. */
      g_subprocess_force_exit (run->process);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      g_autofree char *problem =
          /* Translators: the name of a program stands before it */
          g_strdup_printf (ngettext ("did not answer within %d second",
                                     "did not answer within %d seconds", HELPER_LIMIT_MS / 1000),
                           HELPER_LIMIT_MS / 1000);
      fail (error, DW_REGISTRY_ERROR_TIMED_OUT, program, problem);
      return NULL;
    }
  if (run->error != NULL || is_too_much)
    {
      fail (error, DW_REGISTRY_ERROR_FAILED, program,
            /* Translators: the name of a program stands before it */
            is_too_much ? _ ("writes without an end") : run->error->message);
      return NULL;
    }

  return g_steal_pointer (&run);
}

static gboolean
read_output (Run *run, const char *program, DwCredentials **credentials, GError **error)
{
  g_autofree char *text = g_strndup ((const char *) run->output, run->length);

  if (!g_subprocess_get_successful (run->process))
    {
      gboolean is_nothing = strstr (text, NOT_FOUND) != NULL;
      g_autofree char *shown = dw_model_quote (g_strstrip (text));
      g_autofree char *problem = g_strdup_printf (
          /* Translators: the name of a program stands before it */ _ ("failed: %s"), shown);

      return is_nothing || fail (error, DW_REGISTRY_ERROR_FAILED, program, problem);
    }

  g_autoptr (GBytes) bytes = g_bytes_new_static (run->output, run->length);
  g_autoptr (JsonObject) object = dw_json_parse_object (bytes, NULL);
  const char *username = object != NULL ? dw_json_get_string (object, "Username") : NULL;
  const char *secret = object != NULL ? dw_json_get_string (object, "Secret") : NULL;

  explicit_bzero (text, strlen (text));
  if (username == NULL || secret == NULL)
    return fail (error, DW_REGISTRY_ERROR_FAILED, program,
                 /* Translators: the name of a program stands before it */
                 _ ("answers without a user name and a secret"));

  *credentials = g_str_equal (username, "<token>") ? dw_credentials_new_for_identity_token (secret)
                                                   : dw_credentials_new (username, secret);
  return TRUE;
}

/**
 * dw_credential_helper_get:
 * @helper: the last part of the program's name, such as "secretservice"
 * @address: the registry, as Docker gives it to helpers
 * @credentials: (out) (nullable) (transfer full): what it has, or %NULL where it knows nobody
 * @cancellable: (nullable): kills the helper
 * @error: DW_REGISTRY_ERROR_NO_HELPER or another DW_REGISTRY_ERROR that names the program, or
 *     G_IO_ERROR_CANCELLED
 *
 * Runs the helper, for half a minute at most. Blocks; any thread but the main one.
 *
 * Returns: whether it answered
 */
gboolean
dw_credential_helper_get (const char *helper,
                          const char *address,
                          DwCredentials **credentials,
                          GCancellable *cancellable,
                          GError **error)
{
  g_return_val_if_fail (helper != NULL && address != NULL && credentials != NULL, FALSE);

  g_autofree char *shown = dw_model_quote (helper);
  g_autofree char *program = g_strconcat ("docker-credential-", helper, NULL);

  *credentials = NULL;
  if (strchr (helper, G_DIR_SEPARATOR) != NULL)
    return fail (
        error, DW_REGISTRY_ERROR_FAILED, shown,
        /* Translators: what was written stands before it */ _ ("is not the name of a helper"));

  g_autofree char *path = g_find_program_in_path (program);
  if (path == NULL)
    {
      g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NO_HELPER,
                   _ ("%s is not installed; install it, or add the registry with credentials of "
                      "its own"),
                   program);
      return FALSE;
    }

  g_autoptr (Run) run = run_helper (program, path, address, cancellable, error);
  if (run == NULL)
    return FALSE;

  return read_output (run, program, credentials, error);
}
