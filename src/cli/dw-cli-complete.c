/* dw-cli-complete.c: what the shell offers to type next
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The shells' completions in data/completions/ ask the program itself, so that what they offer is
 * what its tables of verbs say and what its database holds. An answer is one candidate a line, with
 * a tab and a description after it. It reads the database alone, waits for nobody, has an end after
 * two seconds, and says nothing when something is wrong: a person is typing.
 */

#include "config.h"

#include "cli/dw-cli-complete.h"

#include <glib/gi18n-lib.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/dw-cli-context.h"
#include "cli/dw-cli-options.h"
#include "cli/dw-cli-text.h"
#include "model/dw-enum-types.h"

#define TIME_LIMIT_S 2
#define CANDIDATES_LIMIT 500
#define DEPLOYS_LIMIT 30
#define SHORT_ID 8

typedef struct
{
  const DwCliVerb *const *groups;
  gsize n_groups;
  DwCliContext *context;
  const char *word; /* what is typed of it so far */
  guint n_offered;
  GHashTable *offered; /* a set of texts */
} Completion;

static void
offer (Completion *self, const char *candidate, const char *description)
{
  if (candidate == NULL || !g_str_has_prefix (candidate, self->word) ||
      self->n_offered >= CANDIDATES_LIMIT ||
      !g_hash_table_add (self->offered, g_strdup (candidate)))
    return;

  g_autofree char *shown = dw_cli_text_make_harmless (candidate);
  if (!g_str_equal (shown, candidate))
    return;

  g_autofree char *line = dw_cli_text_make_harmless (description != NULL ? description : "");
  g_strdelimit (line, "\t\n", ' ');
  dw_cli_text_print ("%s\t%s\n", candidate, line);
  self->n_offered++;
}

static void
offer_words (Completion *self, const char *const *words)
{
  for (guint i = 0; words[i] != NULL; i++)
    offer (self, words[i], NULL);
}

/* The verbs after the word @group, or the first words of all. */
static void
offer_verbs (Completion *self, const char *group)
{
  for (gsize i = 0; i < self->n_groups; i++)
    for (const DwCliVerb *verb = self->groups[i]; verb->name != NULL; verb++)
      {
        const char *space = strchr (verb->name, ' ');
        gsize length = space != NULL ? (gsize) (space - verb->name) : strlen (verb->name);
        g_autofree char *first = g_strndup (verb->name, length);

        if (group == NULL)
          offer (self, first, space == NULL ? _ (verb->summary) : NULL);
        else if (space != NULL && g_str_equal (first, group))
          offer (self, space + 1, _ (verb->summary));
      }
}

static const DwCliVerb *
find_verb (Completion *self, const char *const *words, guint *n_words)
{
  for (*n_words = 2; *n_words > 0; (*n_words)--)
    {
      g_autofree char *name = *n_words == 2 && words[0] != NULL && words[1] != NULL
                                  ? g_strconcat (words[0], " ", words[1], NULL)
                                  : g_strdup (words[0]);

      for (gsize i = 0; name != NULL && i < self->n_groups; i++)
        for (const DwCliVerb *verb = self->groups[i]; verb->name != NULL; verb++)
          if (g_str_equal (verb->name, name))
            {
              *n_words = strchr (name, ' ') != NULL ? 2 : 1;
              return verb;
            }
    }

  return NULL;
}

/* The store, unless there is none yet: a person who presses Tab has not asked for one. */
static DwStore *
get_store (Completion *self)
{
  g_autofree char *path = dw_store_get_default_path ();

  return g_file_test (path, G_FILE_TEST_IS_REGULAR) ? dw_cli_context_get_store (self->context, NULL)
                                                    : NULL;
}

static GPtrArray *
list (Completion *self, GType type)
{
  DwStore *store = get_store (self);

  return store != NULL ? dw_store_list (store, type, NULL) : NULL;
}

static void
offer_projects (Completion *self, const char *suffix)
{
  g_autoptr (GPtrArray) projects = list (self, DW_TYPE_PROJECT);

  for (guint i = 0; projects != NULL && i < projects->len; i++)
    {
      DwProject *project = projects->pdata[i];
      g_autofree char *name = g_strconcat (dw_project_get_name (project), suffix, NULL);

      offer (self, name, dw_project_get_image (project));
    }
}

static void
offer_registries (Completion *self)
{
  g_autoptr (GPtrArray) registries = list (self, DW_TYPE_REGISTRY);

  for (guint i = 0; registries != NULL && i < registries->len; i++)
    offer (self, dw_registry_get_name (registries->pdata[i]),
           dw_registry_get_url (registries->pdata[i]));
}

static void
offer_stages (Completion *self)
{
  g_autoptr (GPtrArray) projects = list (self, DW_TYPE_PROJECT);

  for (guint i = 0; projects != NULL && i < projects->len; i++)
    {
      DwProject *project = projects->pdata[i];
      g_autoptr (GPtrArray) stages = dw_store_list_stages (
          self->context->store, dw_entity_get_id (DW_ENTITY (project)), NULL);

      for (guint j = 0; stages != NULL && j < stages->len; j++)
        {
          g_autofree char *path = g_strdup_printf ("%s/%s", dw_project_get_name (project),
                                                   dw_stage_get_name (stages->pdata[j]));

          DwTagPolicyKind kind = dw_stage_get_policy_kind (stages->pdata[j]);
          g_autofree char *policy = g_strconcat (
              dw_enum_to_nick (DW_TYPE_TAG_POLICY_KIND, (int) kind), ":",
              dw_stage_get_policy_pattern (stages->pdata[j]), NULL);

          offer (self, path, policy);
        }
    }
}

/* The stages of the same project, to promote to. */
static void
offer_siblings (Completion *self, const char *path)
{
  g_autoptr (DwProject) project = NULL;
  g_autoptr (DwStage) stage = get_store (self) != NULL
                                  ? dw_cli_context_find_stage (self->context, path, &project, NULL)
                                  : NULL;
  g_autoptr (GPtrArray) stages = stage != NULL
                                     ? dw_store_list_stages (self->context->store,
                                                             dw_stage_get_project_id (stage), NULL)
                                     : NULL;

  for (guint i = 0; stages != NULL && i < stages->len; i++)
    if (!g_str_equal (dw_stage_get_name (stages->pdata[i]), dw_stage_get_name (stage)))
      offer (self, dw_stage_get_name (stages->pdata[i]), NULL);
}

/* The newest deploys, of a stage or of all: their ids, or the tags that they brought. */
static void
offer_deploys (Completion *self, const char *path, gboolean wants_tags)
{
  DwStore *store = get_store (self);
  g_autoptr (DwStage) stage = store != NULL && path != NULL
                                  ? dw_cli_context_find_stage (self->context, path, NULL, NULL)
                                  : NULL;
  g_autoptr (GPtrArray) deploys = NULL;

  if (stage != NULL)
    deploys = dw_store_list_stage_deploys (store, dw_entity_get_id (DW_ENTITY (stage)),
                                           DEPLOYS_LIMIT, NULL);
  else if (store != NULL && path == NULL)
    deploys = dw_store_list_recent_deploys (store, DEPLOYS_LIMIT, NULL);

  for (guint i = 0; deploys != NULL && i < deploys->len; i++)
    {
      DwDeploy *deploy = deploys->pdata[i];
      const char *status = dw_enum_to_nick (DW_TYPE_DEPLOY_STATUS,
                                            (int) dw_deploy_get_status (deploy));
      const char *tag = dw_deploy_get_tag (deploy);
      g_autofree char *id = g_strndup (dw_entity_get_id (DW_ENTITY (deploy)), SHORT_ID);
      g_autofree char *description = g_strdup_printf ("%s %s", tag != NULL ? tag : "", status);

      offer (self, wants_tags ? tag : id, wants_tags ? status : description);
    }
}

static void
offer_keys (Completion *self)
{
  g_autoptr (DwSettings) settings = g_object_new (DW_TYPE_SETTINGS, NULL);
  DwEntityClass *klass = DW_ENTITY_GET_CLASS (settings);

  for (guint i = DW_ENTITY_N_PROPERTIES; i < klass->n_properties; i++)
    {
      if (dw_entity_param_is_state (klass->properties[i]))
        continue;

      g_autofree char *key = g_strdelimit (g_strdup (klass->properties[i]->name), "-", '_');

      offer (self, key, NULL);
    }
}

static void
offer_nicks (Completion *self, GType type)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);

  for (guint i = 0; i < klass->n_values; i++)
    offer (self, klass->values[i].value_nick, NULL);
}

static void
offer_values (Completion *self, const char *key)
{
  g_autoptr (DwSettings) settings = g_object_new (DW_TYPE_SETTINGS, NULL);
  g_autofree char *property = g_strdelimit (g_strdup (key), "_", '-');
  GParamSpec *param = g_object_class_find_property (G_OBJECT_GET_CLASS (settings), property);

  if (param != NULL && G_IS_PARAM_SPEC_BOOLEAN (param))
    offer_words (self, (const char *const[]){ "true", "false", NULL });
  else if (param != NULL && G_IS_PARAM_SPEC_ENUM (param))
    offer_nicks (self, param->value_type);
}

/* An argument that is the same after every verb. */
static void
offer_kind (Completion *self, const char *kind)
{
  if (g_str_has_prefix (kind, "FILE"))
    dw_cli_text_print ("%s\n", DW_CLI_COMPLETE_FILES);
  else if (g_str_equal (kind, "REGISTRY"))
    offer_registries (self);
  else if (g_str_equal (kind, "PROJECT"))
    offer_projects (self, "");
  else if (g_str_equal (kind, "KEY"))
    offer_keys (self);
  else if (g_str_equal (kind, "UNTIL"))
    offer_words (self, (const char *const[]){ "1h", "12h", "1d", "7d", "off", NULL });
}

static void
offer_option_value (Completion *self, const GOptionEntry *entry)
{
  static const char *const policies[] = { "semver:", "glob:", "regex:", "exact:", NULL };
  static const char *const checks[] = { "http:/", "tcp", "docker", "none", NULL };
  const char *name = entry->long_name;

  if (entry->arg == G_OPTION_ARG_FILENAME)
    dw_cli_text_print ("%s\n", DW_CLI_COMPLETE_FILES);
  else if (g_str_equal (name, "policy"))
    offer_words (self, policies);
  else if (g_str_equal (name, "health"))
    offer_words (self, checks);
  else if (g_str_equal (name, "restart"))
    offer_nicks (self, DW_TYPE_RESTART);
  else if (g_str_equal (name, "notifications"))
    offer_nicks (self, DW_TYPE_NOTIFICATIONS);
  else if (g_str_equal (name, "kind"))
    offer_nicks (self, DW_TYPE_REGISTRY_KIND);
  else if (g_str_equal (name, "registry"))
    offer_registries (self);
  else if (g_str_equal (name, "project"))
    offer_projects (self, "");
}

/* @before: the arguments before this one */
static void
offer_argument (Completion *self, const DwCliVerb *verb, GPtrArray *before)
{
  g_auto (GStrv) kinds = g_strsplit (verb->arguments, " ", -1);
  gboolean is_new = g_str_has_suffix (verb->name, " add");

  if (before->len >= g_strv_length (kinds))
    return;

  const char *first = before->len > 0 ? before->pdata[0] : NULL;
  char *kind = kinds[before->len];
  if (g_str_equal (kind, "[PROJECT[/STAGE]]"))
    offer_projects (self, "");

  /* What is optional looks the same. */
  g_autoptr (GString) bare = g_string_new (kind);
  g_string_replace (bare, "[", "", 0);
  g_string_replace (bare, "]", "", 0);
  kind = bare->str;

  if (g_str_equal (kind, "PROJECT/STAGE") && is_new)
    offer_projects (self, "/");
  else if (g_str_equal (kind, "PROJECT/STAGE"))
    offer_stages (self);
  else if (g_str_equal (kind, "NAME") && !is_new)
    offer_kind (self, g_str_has_prefix (verb->name, "project ") ? "PROJECT" : "REGISTRY");
  else if (g_str_equal (kind, "TO"))
    offer_siblings (self, first);
  else if (g_str_equal (kind, "TAG") || g_str_equal (kind, "DEPLOY"))
    offer_deploys (self, first, g_str_equal (kind, "TAG"));
  else if (g_str_equal (kind, "VALUE"))
    offer_values (self, first);
  else
    offer_kind (self, kind);
}

/* @words: what follows the verb, the last one of them as it is so far */
static void
offer_after_verb (Completion *self, const DwCliVerb *verb, const char *const *words)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  const GOptionEntry *entry = NULL;
  gboolean has_ended = FALSE; /* the options, with a “--” */

  for (; words[1] != NULL; words++)
    {
      if (entry != NULL)
        entry = NULL;
      else if (has_ended || words[0][0] != '-')
        g_ptr_array_add (arguments, (gpointer) words[0]);
      else if (g_str_equal (words[0], "--"))
        has_ended = TRUE;
      else
        {
          entry = dw_cli_options_find (verb, words[0]);
          if (entry != NULL && entry->arg == G_OPTION_ARG_NONE)
            entry = NULL;
        }
    }

  if (entry != NULL)
    {
      offer_option_value (self, entry);
      return;
    }
  if (words[0][0] != '-' || has_ended)
    {
      offer_argument (self, verb, arguments);
      return;
    }

  for (guint i = 0; (entry = dw_cli_options_nth (verb, i)) != NULL; i++)
    {
      g_autofree char *option = g_strconcat ("--", entry->long_name, NULL);

      offer (self, option, _ (entry->description));
    }
}

static void
complete (Completion *self, const char *const *words)
{
  static const char *const common[] = { "--json", "--verbose", NULL };
  static const char *const others[] = { "--background", "--version", "--help", NULL };
  gboolean is_help = FALSE;
  guint n_words = 0;

  while (words[1] != NULL &&
         (g_strv_contains (common, words[0]) || (is_help = g_str_equal (words[0], "help"))))
    words++;

  const DwCliVerb *verb = words[1] != NULL ? find_verb (self, words, &n_words) : NULL;
  if (verb != NULL && words[n_words] != NULL)
    {
      if (!is_help)
        offer_after_verb (self, verb, words + n_words);
    }
  else if (words[1] != NULL)
    {
      offer_verbs (self, words[0]);
    }
  else
    {
      offer_verbs (self, NULL);
      if (!is_help && *self->word == '-')
        {
          offer_words (self, common);
          offer_words (self, others);
        }
    }
}

static void
on_time_limit (int signal_number)
{
  _exit (0);
}

/**
 * dw_cli_complete:
 * @groups: (array length=n_groups): the tables of verbs, each ended by one without a name
 * @n_groups: how many
 * @words: (array zero-terminated=1): what follows the program's name, up to the cursor
 * @cancellable: for what opens the database
 *
 * Says on standard output what the last of @words can be. Nothing is an answer too.
 */
void
dw_cli_complete (const DwCliVerb *const *groups,
                 gsize n_groups,
                 const char *const *words,
                 GCancellable *cancellable)
{
  g_auto (DwCliContext) context = { .cancellable = g_object_ref (cancellable) };
  g_autoptr (GHashTable) offered = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Completion completion = {
    .groups = groups,
    .n_groups = n_groups,
    .context = &context,
    .offered = offered,
  };

  if (words[0] == NULL)
    return;

  for (guint i = 0; words[i] != NULL; i++)
    {
      if (!g_utf8_validate (words[i], -1, NULL))
        return;
      completion.word = words[i];
    }

  signal (SIGALRM, on_time_limit);
  alarm (TIME_LIMIT_S);
  complete (&completion, words);
  alarm (0);
}
