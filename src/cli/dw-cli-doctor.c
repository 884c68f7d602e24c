/* dw-cli-doctor.c: doctor
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli/dw-cli-context.h"
#include "cli/dw-cli-error.h"
#include "cli/dw-cli-text.h"
#include "cli/dw-cli-verbs.h"
#include "deploy/dw-doctor.h"
#include "model/dw-json.h"

/* For programs: they are not translated. */
static const char *const result_names[] = {
  [DW_DIAGNOSIS_OK] = "ok",
  [DW_DIAGNOSIS_WARNING] = "warning",
  [DW_DIAGNOSIS_ERROR] = "error",
};

static JsonObject *
diagnosis_to_json (const DwDiagnosis *diagnosis)
{
  JsonObject *object = json_object_new ();
  g_autofree char *detail = g_utf8_make_valid (diagnosis->detail, -1);

  json_object_set_string_member (object, "subject", diagnosis->subject);
  json_object_set_string_member (object, "result", result_names[diagnosis->result]);
  json_object_set_string_member (object, "detail", detail);
  dw_json_set_string (object, "remedy", diagnosis->remedy);

  return object;
}

static void
print_diagnosis (const DwDiagnosis *diagnosis)
{
  static const char *const marks[] = {
    [DW_DIAGNOSIS_OK] = "✓",
    [DW_DIAGNOSIS_WARNING] = "!",
    [DW_DIAGNOSIS_ERROR] = "✗",
  };
  static const DwCliColor colors[] = {
    [DW_DIAGNOSIS_OK] = DW_CLI_COLOR_GOOD,
    [DW_DIAGNOSIS_WARNING] = DW_CLI_COLOR_BUSY,
    [DW_DIAGNOSIS_ERROR] = DW_CLI_COLOR_BAD,
  };
  g_autofree char *mark = dw_cli_text_paint (marks[diagnosis->result], colors[diagnosis->result]);
  g_autofree char *detail = dw_cli_text_make_harmless (diagnosis->detail);

  dw_cli_text_print ("%s %s: %s\n", mark, diagnosis->subject, detail);
  if (diagnosis->remedy != NULL)
    dw_cli_text_print ("    → %s\n", diagnosis->remedy);
}

static gboolean
run_doctor (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  /* The doctor opens the store by itself, and says what is wrong with it. */
  g_autoptr (GPtrArray) diagnoses = dw_doctor_examine (NULL, context->cancellable, error);
  g_autoptr (JsonArray) answer = json_array_new ();
  guint n_errors = 0;

  if (diagnoses == NULL)
    return FALSE;

  for (guint i = 0; i < diagnoses->len; i++)
    {
      const DwDiagnosis *diagnosis = g_ptr_array_index (diagnoses, i);

      n_errors += diagnosis->result == DW_DIAGNOSIS_ERROR;
      json_array_add_object_element (answer, diagnosis_to_json (diagnosis));
      if (!context->is_json)
        print_diagnosis (diagnosis);
    }
  if (context->is_json)
    dw_cli_context_answer_array (context, answer);

  if (n_errors > 0)
    g_set_error (error, DW_CLI_ERROR, DW_CLI_ERROR_FAILED,
                 ngettext ("%u part does not work", "%u parts do not work", n_errors), n_errors);
  return n_errors == 0;
}

const DwCliVerb dw_cli_doctor_verbs[] = {
  { "doctor", "", 0, 0, N_ ("Say what works, what does not, and how to mend it"),
    N_ ("It ends with 1 when a part does not work that the program cannot do without."), NULL, 0,
    run_doctor },
  { NULL },
};
