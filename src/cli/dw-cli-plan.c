/* dw-cli-plan.c: what an import does, for a person and for a program
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "cli/dw-cli-plan.h"

#include <glib/gi18n-lib.h>

#include "cli/dw-cli-text.h"
#include "model/dw-json.h"

typedef struct
{
  char sign;
  DwCliColor color;
  const char *name; /* for programs */
} Kind;

static const Kind kinds[] = {
  [DW_CONFIG_ADDED] = { '+', DW_CLI_COLOR_GOOD, "add" },
  [DW_CONFIG_CHANGED] = { '~', DW_CLI_COLOR_BUSY, "change" },
  [DW_CONFIG_REMOVED] = { '-', DW_CLI_COLOR_BAD, "remove" },
};

/* Returns: (transfer none): for programs, like the sections of the file */
static const char *
get_type_name (GType type)
{
  if (type == DW_TYPE_SETTINGS)
    return "settings";
  if (type == DW_TYPE_REGISTRY)
    return "registry";

  return type == DW_TYPE_PROJECT ? "project" : "stage";
}

static char *
describe (const DwConfigChange *change)
{
  if (change->type == DW_TYPE_SETTINGS)
    return g_strdup (_ ("settings"));
  if (change->type == DW_TYPE_REGISTRY)
    return g_strdup_printf (_ ("registry %s"), change->name);
  if (change->type == DW_TYPE_PROJECT)
    return g_strdup_printf (_ ("project %s"), change->name);

  return g_strdup_printf (_ ("stage %s"), change->name);
}

static void
print_field (const DwConfigChange *change, const DwConfigFieldChange *field)
{
  const char *nothing = _ ("(nothing)");
  g_autofree char *old_value = dw_cli_text_make_harmless (
      field->old_value != NULL ? field->old_value : nothing);
  g_autofree char *new_value = dw_cli_text_make_harmless (
      field->new_value != NULL ? field->new_value : nothing);

  if (change->kind == DW_CONFIG_ADDED)
    dw_cli_text_print ("    %s: %s\n", field->key, new_value);
  else
    dw_cli_text_print ("    %s: %s → %s\n", field->key, old_value, new_value);
}

/* Every change with its fields, and what is not carried over. */
void
dw_cli_plan_print (DwConfigPlan *plan)
{
  GPtrArray *changes = dw_config_plan_get_changes (plan);

  for (guint i = 0; i < changes->len; i++)
    {
      const DwConfigChange *change = g_ptr_array_index (changes, i);
      g_autofree char *description = describe (change);
      g_autofree char *harmless = dw_cli_text_make_harmless (description);
      g_autofree char *line = g_strdup_printf ("%c %s", kinds[change->kind].sign, harmless);
      g_autofree char *painted = dw_cli_text_paint (line, kinds[change->kind].color);

      dw_cli_text_print ("%s%s\n", painted,
                         change->is_in_use ? _ ("  (has containers; remove it first)") : "");
      for (guint j = 0; j < change->fields->len; j++)
        print_field (change, g_ptr_array_index (change->fields, j));
    }

  dw_cli_plan_print_notes (dw_config_plan_get_notes (plan));
}

/* What is not carried over, by what it is about; nothing when all is. */
void
dw_cli_plan_print_notes (GPtrArray *notes)
{
  for (guint i = 0; i < notes->len; i++)
    {
      const DwConfigNote *note = g_ptr_array_index (notes, i);
      g_autofree char *line = g_strdup_printf ("%s: %s", note->subject, note->text);
      g_autofree char *harmless = dw_cli_text_make_harmless (line);

      if (i == 0)
        dw_cli_text_print ("%s\n", _ ("To know:"));
      dw_cli_text_print ("  %s\n", harmless);
    }
}

static guint
count (GPtrArray *changes, DwConfigChangeKind kind)
{
  guint n = 0;

  for (guint i = 0; i < changes->len; i++)
    n += ((const DwConfigChange *) g_ptr_array_index (changes, i))->kind == kind;

  return n;
}

void
dw_cli_plan_print_summary (DwConfigPlan *plan, gboolean is_applied)
{
  GPtrArray *changes = dw_config_plan_get_changes (plan);
  guint n_added = count (changes, DW_CONFIG_ADDED);
  guint n_changed = count (changes, DW_CONFIG_CHANGED);
  guint n_removed = count (changes, DW_CONFIG_REMOVED);

  if (changes->len == 0)
    dw_cli_text_print ("%s\n", _ ("Nothing to do: the configuration is as the file says."));
  else if (is_applied)
    /* Translators: how many things of the configuration */
    dw_cli_text_print (_ ("Done: %u added, %u changed, %u removed.\n"), n_added, n_changed,
                       n_removed);
  else
    /* Translators: how many things of the configuration */
    dw_cli_text_print (_ ("Nothing was done. It would be: %u added, %u changed, %u removed.\n"),
                       n_added, n_changed, n_removed);
}

/* Returns: (transfer full): [{"subject":…,"text":…},…] */
JsonArray *
dw_cli_plan_notes_to_json (GPtrArray *notes)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < notes->len; i++)
    {
      const DwConfigNote *note = g_ptr_array_index (notes, i);
      JsonObject *object = json_object_new ();

      dw_json_set_string (object, "subject", note->subject);
      dw_json_set_string (object, "text", note->text);
      json_array_add_object_element (array, object);
    }

  return array;
}

/* Returns: (transfer full): {"changes":[…],"notes":[…]} */
JsonObject *
dw_cli_plan_to_json (DwConfigPlan *plan)
{
  GPtrArray *changes = dw_config_plan_get_changes (plan);
  JsonObject *answer = json_object_new ();
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < changes->len; i++)
    {
      const DwConfigChange *change = g_ptr_array_index (changes, i);
      JsonObject *object = json_object_new ();
      JsonArray *fields = json_array_new ();

      json_object_set_string_member (object, "action", kinds[change->kind].name);
      json_object_set_string_member (object, "type", get_type_name (change->type));
      dw_json_set_string (object, "name", change->name);
      json_object_set_boolean_member (object, "in_use", change->is_in_use);
      for (guint j = 0; j < change->fields->len; j++)
        {
          const DwConfigFieldChange *field = g_ptr_array_index (change->fields, j);
          JsonObject *member = json_object_new ();

          json_object_set_string_member (member, "field", field->key);
          dw_json_set_string (member, "old", field->old_value);
          dw_json_set_string (member, "new", field->new_value);
          json_array_add_object_element (fields, member);
        }
      json_object_set_array_member (object, "fields", fields);
      json_array_add_object_element (array, object);
    }

  json_object_set_array_member (answer, "changes", array);
  json_object_set_array_member (answer, "notes",
                                dw_cli_plan_notes_to_json (dw_config_plan_get_notes (plan)));
  return answer;
}
