/* dw-cli-settings.c: settings list, get, set
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The keys are the properties of the settings, so that a new one is here by itself.
 */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli/dw-cli-context.h"
#include "cli/dw-cli-error.h"
#include "cli/dw-cli-table.h"
#include "cli/dw-cli-values.h"
#include "cli/dw-cli-verbs.h"
#include "deploy/dw-engine-choice.h"
#include "model/dw-model-error.h"
#include "watch/dw-autostart.h"
#include "model/dw-nearest.h"

static DwSettings *
get_settings (DwCliContext *context, GError **error)
{
  DwStore *store = dw_cli_context_get_store (context, error);

  return store != NULL ? dw_store_get_settings (store, error) : NULL;
}

/* The keys, with underscores as in the database. */
static GStrv
list_keys (DwSettings *settings)
{
  DwEntityClass *klass = DW_ENTITY_GET_CLASS (settings);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = DW_ENTITY_N_PROPERTIES; i < klass->n_properties; i++)
    {
      if (dw_entity_param_is_state (klass->properties[i]))
        continue;

      g_autofree char *key = g_strdelimit (g_strdup (klass->properties[i]->name), "-", '_');

      g_strv_builder_add (builder, key);
    }

  return g_strv_builder_end (builder);
}

/* The property of a key as it was typed, or NULL with an error that names the nearest. */
static char *
find_property (DwSettings *settings, const char *key, GError **error)
{
  g_auto (GStrv) keys = list_keys (settings);
  g_autofree char *underscored = g_strdelimit (g_strdup (key), "-", '_');

  if (!g_strv_contains ((const char *const *) keys, underscored))
    {
      g_autofree char *shown = dw_model_quote (key);
      g_autofree char *suggestion = dw_suggest (underscored, (const char *const *) keys);

      g_set_error (error, DW_CLI_ERROR, DW_CLI_ERROR_USAGE,
                   /* Translators: what was typed, and “; did you mean …?” or nothing */
                   _ ("There is no setting %s%s (docker-watcher settings list shows them)"), shown,
                   suggestion);
      return NULL;
    }

  return g_strdelimit (g_steal_pointer (&underscored), "_", '-');
}

static JsonObject *
settings_to_json (DwSettings *settings)
{
  JsonObject *object = dw_cli_entity_to_json (DW_ENTITY (settings));

  /* There is one row, and nobody asks for its number. */
  json_object_remove_member (object, "id");
  json_object_remove_member (object, "created_at");
  json_object_remove_member (object, "updated_at");

  return object;
}

static gboolean
run_list (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  g_autoptr (DwSettings) settings = get_settings (context, error);

  if (settings == NULL)
    return FALSE;

  if (context->is_json)
    {
      g_autoptr (JsonObject) object = settings_to_json (settings);

      dw_cli_context_answer_object (context, object);
      return TRUE;
    }

  g_auto (GStrv) keys = list_keys (settings);
  g_autoptr (DwCliTable) table = dw_cli_table_new (_ ("SETTING"), _ ("VALUE"), NULL);
  for (guint i = 0; keys[i] != NULL; i++)
    {
      g_autofree char *property = find_property (settings, keys[i], NULL);
      g_autofree char *value = dw_cli_get_value (DW_ENTITY (settings), property);

      dw_cli_table_add (table, keys[i]);
      dw_cli_table_add (table, value);
    }
  dw_cli_table_print (table);

  return TRUE;
}

/* {KEY: VALUE}, or the value alone for a person and for $(…). */
static void
answer_setting (DwCliContext *context, DwSettings *settings, const char *property)
{
  if (context->is_json)
    {
      g_autoptr (JsonObject) object = settings_to_json (settings);
      g_autoptr (JsonObject) answer = json_object_new ();
      g_autofree char *key = g_strdelimit (g_strdup (property), "-", '_');

      json_object_set_member (answer, key, json_object_dup_member (object, key));
      dw_cli_context_answer_object (context, answer);
    }
  else
    {
      g_autofree char *value = dw_cli_get_value (DW_ENTITY (settings), property);
      g_autofree char *harmless = dw_cli_text_make_harmless (value);

      dw_cli_text_print ("%s\n", harmless);
    }
}

static gboolean
run_get (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  g_autoptr (DwSettings) settings = get_settings (context, error);

  if (settings == NULL)
    return FALSE;

  g_autofree char *property = find_property (settings, arguments[0], error);
  if (property == NULL)
    return FALSE;

  answer_setting (context, settings, property);
  return TRUE;
}

/* The model takes any text for an address; what is none would be found out at the next deploy. */
static gboolean
check_address (const char *property, const char *text, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (!g_str_equal (property, "engine-address") || dw_check_engine_address (text, &problem))
    return TRUE;

  g_set_error_literal (error, DW_CLI_ERROR, DW_CLI_ERROR_USAGE, problem->message);
  return FALSE;
}

/* One SETTING and what it is to be, on the way into a transaction. */
typedef struct
{
  const char *key;
  const char *text;
  DwSettings *settings; /* (out): as they are then */
  char *property;       /* (out) */
} Change;

static gboolean
change_setting (DwStore *store, gpointer user_data, GError **error)
{
  Change *change = user_data;

  change->settings = dw_store_get_settings (store, error);
  if (change->settings == NULL)
    return FALSE;

  change->property = find_property (change->settings, change->key, error);

  return change->property != NULL && check_address (change->property, change->text, error) &&
         dw_cli_set_value (DW_ENTITY (change->settings), change->property, change->key,
                           change->text, error) &&
         dw_store_update (store, DW_ENTITY (change->settings), error);
}

/* Before the settings, so that nothing is said to start at login that the desktop does not let. */
static gboolean
settle_autostart (DwCliContext *context, DwStore *store, Change *change, GError **error)
{
  g_autoptr (DwSettings) settings = dw_store_get_settings (store, error);
  g_autofree char *property = settings != NULL ? find_property (settings, change->key, error)
                                               : NULL;

  if (property == NULL)
    return FALSE;
  if (!g_str_equal (property, "start-at-login"))
    return TRUE;

  return dw_cli_set_value (DW_ENTITY (settings), property, change->key, change->text, error) &&
         dw_autostart_set (dw_settings_get_start_at_login (settings), context->cancellable, error);
}

static gboolean
run_set (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  DwStore *store = dw_cli_context_get_store (context, error);
  Change change = { .key = arguments[0], .text = arguments[1] };

  /* One row holds them all: nobody else's change may be undone by writing it. */
  gboolean is_set = store != NULL && settle_autostart (context, store, &change, error) &&
                    dw_store_transact (store, change_setting, &change, error);
  g_autoptr (DwSettings) settings = change.settings;
  g_autofree char *property = change.property;

  if (is_set && context->is_json)
    answer_setting (context, settings, property);
  return is_set;
}

const DwCliVerb dw_cli_settings_verbs[] = {
  { "settings list", "", 0, 0, N_ ("List the settings"), NULL, NULL, 0, run_list },
  { "settings get", "KEY", 1, 1, N_ ("Say what a setting is"), NULL, NULL, 0, run_get },
  { "settings set", "KEY VALUE", 2, 2, N_ ("Change a setting"),
    N_ ("An empty value goes back to the default."), NULL, 0, run_set },
  { NULL },
};
