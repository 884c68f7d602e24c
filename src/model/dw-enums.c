/* dw-enums.c: between the closed vocabularies and their text
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "model/dw-enums.h"

#include <glib/gi18n-lib.h>

#include "model/dw-model-error.h"

/**
 * dw_enum_to_nick:
 * @type: one of the enumerations of this header
 * @value: a member of it
 *
 * The text of @value in the database, in JSON and on the command line.
 *
 * Returns: (transfer none): the nick, or "unknown" for what is no member. Any thread.
 */
const char *
dw_enum_to_nick (GType type, int value)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);
  const GEnumValue *member = g_enum_get_value (klass, value);

  return member != NULL ? member->value_nick : "unknown";
}

/**
 * dw_enum_list_nicks:
 * @type: one of the enumerations of this header
 *
 * Returns: (transfer full): all its nicks, separated by commas, for a message. Any thread.
 */
char *
dw_enum_list_nicks (GType type)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);
  g_autoptr (GString) nicks = g_string_new (NULL);

  for (guint i = 0; i < klass->n_values; i++)
    g_string_append_printf (nicks, "%s%s", i > 0 ? ", " : "", klass->values[i].value_nick);

  return g_string_free (g_steal_pointer (&nicks), FALSE);
}

/**
 * dw_enum_from_nick:
 * @type: one of the enumerations of this header
 * @nick: (nullable): the text
 * @value: (out): the member
 * @error: DW_MODEL_ERROR_INVALID with the nicks there are
 *
 * Returns: whether @nick is a nick of @type. Any thread.
 */
gboolean
dw_enum_from_nick (GType type, const char *nick, int *value, GError **error)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);
  const GEnumValue *member = nick != NULL ? g_enum_get_value_by_nick (klass, nick) : NULL;

  if (member == NULL)
    {
      g_autofree char *nicks = dw_enum_list_nicks (type);
      g_autofree char *shown = dw_model_quote (nick);

      g_set_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID, _ ("%s is none of %s"), shown,
                   nicks);
      return FALSE;
    }

  *value = member->value;
  return TRUE;
}

/**
 * dw_deploy_status_has_ended:
 * @status: where a deploy is
 *
 * Returns: whether a deploy with @status is over and never changes again. Any thread.
 */
gboolean
dw_deploy_status_has_ended (DwDeployStatus status)
{
  return status == DW_DEPLOY_SUCCESS || status == DW_DEPLOY_FAILED ||
         status == DW_DEPLOY_ROLLED_BACK;
}
