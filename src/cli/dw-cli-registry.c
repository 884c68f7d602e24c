/* dw-cli-registry.c: registry add, list, test, tags, remove
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "cli/dw-cli-context.h"
#include "cli/dw-cli-error.h"
#include "cli/dw-cli-secret.h"
#include "cli/dw-cli-table.h"
#include "cli/dw-cli-values.h"
#include "cli/dw-cli-verbs.h"
#include "model/dw-enum-types.h"
#include "model/dw-image-reference.h"
#include "model/dw-tag-policy.h"

typedef struct
{
  char *url;
  char *kind;
  char *username;
  char *schedule;
  gboolean has_password;
} AddOptions;

#define ADD_MEMBER(member) DW_CLI_MEMBER (AddOptions, member)

static const GOptionEntry add_entries[] = {
  { "url", 0, 0, G_OPTION_ARG_STRING, ADD_MEMBER (url),
    N_ ("Its address; http:// is the choice of a connection that others can read"), N_ ("URL") },
  { "kind", 0, 0, G_OPTION_ARG_STRING, ADD_MEMBER (kind),
    N_ ("generic, docker-hub, ghcr, gitea or gitlab"), N_ ("KIND") },
  { "username", 0, 0, G_OPTION_ARG_STRING, ADD_MEMBER (username), N_ ("Who signs in"),
    N_ ("NAME") },
  { "password-stdin", 0, 0, G_OPTION_ARG_NONE, ADD_MEMBER (has_password),
    N_ ("Read the password from standard input, and keep it in the keyring"), NULL },
  { "schedule", 0, 0, G_OPTION_ARG_STRING, ADD_MEMBER (schedule),
    N_ ("When it is looked at, as in cron"), N_ ("SCHEDULE") },
  { NULL },
};

typedef struct
{
  char *policy;
} TagsOptions;

static const GOptionEntry tags_entries[] = {
  { "policy", 0, 0, G_OPTION_ARG_STRING, DW_CLI_MEMBER (TagsOptions, policy),
    N_ ("Only the tags that match, the newest first"), N_ ("KIND:PATTERN") },
  { NULL },
};

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, DW_CLI_ERROR, DW_CLI_ERROR_USAGE, message);
  return FALSE;
}

static void
answer_registry (DwCliContext *context, DwRegistry *registry, const char *message)
{
  g_autoptr (JsonObject) object = dw_cli_entity_to_json (DW_ENTITY (registry));

  if (context->is_json)
    dw_cli_context_answer_object (context, object);
  else
    dw_cli_text_print ("%s\n", message);
}

static gboolean
run_add (DwCliContext *context, gconstpointer user_options, char **arguments, GError **error)
{
  const AddOptions *options = user_options;
  g_autoptr (DwRegistry) registry = g_object_new (DW_TYPE_REGISTRY, "name", arguments[0], NULL);
  DwEntity *entity = DW_ENTITY (registry);
  g_autofree char *password = NULL;
  DwRegistries *registries = NULL;

  if (options->url == NULL)
    return refuse (error, _ ("A registry needs an address: add --url URL"));
  if (options->has_password && options->username == NULL)
    return refuse (error, _ ("A password needs a name to sign in with: add --username NAME"));

  if (!dw_cli_set_value (entity, "url", "--url", options->url, error) ||
      !dw_cli_set_value (entity, "kind", "--kind", options->kind, error) ||
      !dw_cli_set_value (entity, "username", "--username", options->username, error) ||
      !dw_cli_set_value (entity, "schedule", "--schedule", options->schedule, error) ||
      !dw_entity_validate (entity, error))
    return FALSE;

  if (options->has_password &&
      (password = dw_cli_secret_read ("--password-stdin", context->cancellable, error)) == NULL)
    return FALSE;

  registries = dw_cli_context_get_registries (context, error);
  if (registries == NULL ||
      !dw_registries_save (registries, registry, password, context->cancellable, error))
    return FALSE;

  g_autofree char *message = g_strdup_printf (_ ("Added the registry %s."), arguments[0]);
  answer_registry (context, registry, message);
  return TRUE;
}

static gboolean
run_list (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  DwStore *store = dw_cli_context_get_store (context, error);
  g_autoptr (GPtrArray) registries = store != NULL ? dw_store_list (store, DW_TYPE_REGISTRY, error)
                                                   : NULL;
  g_autoptr (JsonArray) answer = json_array_new ();
  g_autoptr (DwCliTable) table = dw_cli_table_new (_ ("REGISTRY"), _ ("ADDRESS"), _ ("KIND"),
                                                   _ ("USER"), _ ("CHECKED"), _ ("PROBLEM"), NULL);

  if (registries == NULL)
    return FALSE;

  for (guint i = 0; i < registries->len; i++)
    {
      DwRegistry *registry = g_ptr_array_index (registries, i);
      g_autofree char *checked = dw_cli_text_describe_time (
          dw_registry_get_last_checked_at (registry));

      json_array_add_object_element (answer, dw_cli_entity_to_json (DW_ENTITY (registry)));
      dw_cli_table_add (table, dw_registry_get_name (registry));
      dw_cli_table_add (table, dw_registry_get_url (registry));
      dw_cli_table_add (
          table, dw_enum_to_nick (DW_TYPE_REGISTRY_KIND, (int) dw_registry_get_kind (registry)));
      dw_cli_table_add (table, dw_registry_get_username (registry));
      dw_cli_table_add (table, checked);
      dw_cli_table_add_colored (table, dw_registry_get_last_error (registry), DW_CLI_COLOR_BAD);
    }

  if (context->is_json)
    dw_cli_context_answer_array (context, answer);
  else if (registries->len == 0)
    dw_cli_text_print ("%s\n",
                       _ ("There are no registries; an image's own is asked without one. Add one "
                          "with: docker-watcher registry add NAME --url URL"));
  else
    dw_cli_table_print (table);

  return TRUE;
}

static gboolean
run_test (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  g_autoptr (DwRegistry) registry = dw_cli_context_find_registry (context, arguments[0], error);
  DwRegistries *registries = registry != NULL ? dw_cli_context_get_registries (context, error)
                                              : NULL;
  g_autoptr (DwRegistry) tested = NULL;

  if (registries == NULL)
    return FALSE;

  const char *id = dw_entity_get_id (DW_ENTITY (registry));
  if (!dw_registries_test (registries, id, context->cancellable, error) ||
      (tested = dw_store_get (context->store, DW_TYPE_REGISTRY, id, error)) == NULL)
    return FALSE;

  g_autofree char *message = g_strdup_printf (dw_registry_get_username (tested) != NULL
                                                  ? _ ("%s answers, and takes the credentials.")
                                                  : _ ("%s answers."),
                                              dw_registry_get_url (tested));
  answer_registry (context, tested, message);
  return TRUE;
}

static int
compare_tags (gconstpointer a, gconstpointer b, gpointer policy)
{
  return -dw_tag_policy_compare (policy, *(const char *const *) a, *(const char *const *) b);
}

/* Those that @policy follows, the newest first; without one all of them, as the registry has them.
 */
static GPtrArray *
choose_tags (GStrv tags, DwTagPolicy *policy)
{
  GPtrArray *chosen = g_ptr_array_new ();

  for (guint i = 0; tags[i] != NULL; i++)
    if (policy == NULL || dw_tag_policy_matches (policy, tags[i]))
      g_ptr_array_add (chosen, tags[i]);
  if (policy != NULL)
    g_ptr_array_sort_with_data (chosen, compare_tags, policy);

  return chosen;
}

static gboolean
run_tags (DwCliContext *context, gconstpointer user_options, char **arguments, GError **error)
{
  const TagsOptions *options = user_options;
  g_autoptr (DwImageReference) image = dw_image_reference_parse (arguments[0], error);
  g_autoptr (DwTagPolicy) policy = NULL;
  g_autoptr (JsonArray) answer = json_array_new ();
  DwRegistries *registries = NULL;

  if (image == NULL ||
      (options->policy != NULL && (policy = dw_tag_policy_parse (options->policy, error)) == NULL))
    return FALSE;
  if (dw_image_reference_get_tag (image) != NULL || dw_image_reference_get_digest (image) != NULL)
    return refuse (error, _ ("Name the repository alone, without a tag or digest"));

  registries = dw_cli_context_get_registries (context, error);
  g_auto (GStrv) tags = registries != NULL ? dw_registries_list_tags (registries, NULL, image,
                                                                      context->cancellable, error)
                                           : NULL;
  if (tags == NULL)
    return FALSE;

  g_autoptr (GPtrArray) chosen = choose_tags (tags, policy);
  for (guint i = 0; i < chosen->len; i++)
    {
      g_autofree char *harmless = dw_cli_text_make_harmless (g_ptr_array_index (chosen, i));

      json_array_add_string_element (answer, g_ptr_array_index (chosen, i));
      if (!context->is_json)
        dw_cli_text_print ("%s\n", harmless);
    }
  if (context->is_json)
    dw_cli_context_answer_array (context, answer);

  return TRUE;
}

static gboolean
run_remove (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  g_autoptr (DwRegistry) registry = dw_cli_context_find_registry (context, arguments[0], error);
  DwRegistries *registries = registry != NULL ? dw_cli_context_get_registries (context, error)
                                              : NULL;

  if (registries == NULL ||
      !dw_registries_remove (registries, dw_entity_get_id (DW_ENTITY (registry)),
                             context->cancellable, error))
    return FALSE;

  g_autofree char *message = g_strdup_printf (_ ("Removed the registry %s."), arguments[0]);
  answer_registry (context, registry, message);
  return TRUE;
}

const DwCliVerb dw_cli_registry_verbs[] = {
  { "registry add", "NAME", 1, 1, N_ ("Add a registry and the credentials for it"),
    N_ ("A password is only ever read from standard input, and is kept in the keyring alone. "
        "Without\none, and for registries that are not added here, Docker's own credentials are "
        "used."),
    add_entries, sizeof (AddOptions), run_add },
  { "registry list", "", 0, 0, N_ ("List the registries"), NULL, NULL, 0, run_list },
  { "registry test", "NAME", 1, 1, N_ ("Try to sign in at a registry"), NULL, NULL, 0, run_test },
  { "registry tags", "REPOSITORY", 1, 1, N_ ("List the tags of an image"), NULL, tags_entries,
    sizeof (TagsOptions), run_tags },
  { "registry remove", "NAME", 1, 1, N_ ("Remove a registry and its password"), NULL, NULL, 0,
    run_remove },
  { NULL },
};
