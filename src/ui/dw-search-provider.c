/* dw-search-provider.c: projects and stages in the search of the desktop
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The interface org.gnome.Shell.SearchProvider2. A result is a project, a stage, or the deploy of a
 * stage: that one is only found by who types a word for it, and leads to the dialog in which it is
 * still to be confirmed. The desktop starts the program for a search, before it has a store; a
 * question that comes so early waits until the lists are read.
 */

#include "config.h"

#include "ui/dw-search-provider.h"

#include <glib/gi18n.h>

#define MAX_RESULTS 20
#define MAX_TERMS 16
/* Whoever searches asks again soon: with the next letter, and about what was found. */
#define HOLD_S 10

/* What a result's id begins with; the row's id follows. */
#define PROJECT_PREFIX "project:"
#define STAGE_PREFIX "stage:"
#define DEPLOY_PREFIX "deploy:"

static const char introspection[] = "<node>"
                                    "  <interface name='org.gnome.Shell.SearchProvider2'>"
                                    "    <method name='GetInitialResultSet'>"
                                    "      <arg type='as' name='terms' direction='in'/>"
                                    "      <arg type='as' name='results' direction='out'/>"
                                    "    </method>"
                                    "    <method name='GetSubsearchResultSet'>"
                                    "      <arg type='as' name='previous_results' direction='in'/>"
                                    "      <arg type='as' name='terms' direction='in'/>"
                                    "      <arg type='as' name='results' direction='out'/>"
                                    "    </method>"
                                    "    <method name='GetResultMetas'>"
                                    "      <arg type='as' name='identifiers' direction='in'/>"
                                    "      <arg type='aa{sv}' name='metas' direction='out'/>"
                                    "    </method>"
                                    "    <method name='ActivateResult'>"
                                    "      <arg type='s' name='identifier' direction='in'/>"
                                    "      <arg type='as' name='terms' direction='in'/>"
                                    "      <arg type='u' name='timestamp' direction='in'/>"
                                    "    </method>"
                                    "    <method name='LaunchSearch'>"
                                    "      <arg type='as' name='terms' direction='in'/>"
                                    "      <arg type='u' name='timestamp' direction='in'/>"
                                    "    </method>"
                                    "  </interface>"
                                    "</node>";

struct _DwSearchProvider
{
  GObject parent_instance;

  GApplication *application; /* not held: it holds this */
  GDBusConnection *connection;
  guint registration;
  DwSession *session; /* nullable: there is no store yet */
  GQueue waiting;     /* of GDBusMethodInvocation: until the lists are read */
  guint hold_source;  /* the application is held while it is there */
};

enum
{
  SIGNAL_SHOW_PAGE,
  SIGNAL_OPEN_DIALOG,
  SIGNAL_SEARCH,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (DwSearchProvider, dw_search_provider, G_TYPE_OBJECT)

static gboolean
is_ready (DwSearchProvider *self)
{
  return self->session != NULL &&
         dw_store_list_is_loaded (dw_session_get_projects (self->session)) &&
         dw_store_list_is_loaded (dw_session_get_stages (self->session));
}

/* --- What is found ------------------------------------------------------------------------------
 */

static gboolean
has_all_terms (const char *const *terms, const char *text)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);

  for (guint i = 0; terms[i] != NULL && i < MAX_TERMS; i++)
    {
      g_autofree char *term = g_utf8_casefold (terms[i], -1);

      if (strstr (folded, term) == NULL)
        return FALSE;
    }

  return TRUE;
}

/* Whether one of the terms is the beginning of the word for a deploy; @rest gets the others. */
static gboolean
take_deploy_term (const char *const *terms, GStrv *rest)
{
  /* Translators: what somebody types into the desktop's search to deploy something */
  g_autofree char *word = g_utf8_casefold (C_ ("search term", "deploy"), -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gboolean is_taken = FALSE;

  for (guint i = 0; terms[i] != NULL && i < MAX_TERMS; i++)
    {
      g_autofree char *term = g_utf8_casefold (terms[i], -1);

      /* Three letters, so that it is not found by accident. */
      if (!is_taken && g_utf8_strlen (term, -1) >= 3 && g_str_has_prefix (word, term))
        is_taken = TRUE;
      else
        g_strv_builder_add (builder, terms[i]);
    }
  *rest = g_strv_builder_end (builder);

  return is_taken;
}

/* Returns: (transfer full): how a person calls the stage */
static char *
format_stage (DwProject *project, DwStage *stage)
{
  return g_strdup_printf ("%s/%s", dw_project_get_name (project), dw_stage_get_name (stage));
}

static void
find_projects (DwSearchProvider *self, const char *const *terms, GPtrArray *results)
{
  GListModel *projects = G_LIST_MODEL (dw_session_get_projects (self->session));
  guint n = g_list_model_get_n_items (projects);

  for (guint i = 0; i < n && results->len < MAX_RESULTS; i++)
    {
      g_autoptr (DwProject) project = g_list_model_get_item (projects, i);
      g_autofree char *text = g_strdup_printf ("%s %s", dw_project_get_name (project),
                                               dw_project_get_image (project));

      if (has_all_terms (terms, text))
        g_ptr_array_add (
            results, g_strconcat (PROJECT_PREFIX, dw_entity_get_id (DW_ENTITY (project)), NULL));
    }
}

static void
find_stages (DwSearchProvider *self,
             const char *const *terms,
             const char *prefix,
             GPtrArray *results)
{
  GListModel *stages = G_LIST_MODEL (dw_session_get_stages (self->session));
  guint n = g_list_model_get_n_items (stages);

  for (guint i = 0; i < n && results->len < MAX_RESULTS; i++)
    {
      g_autoptr (DwStage) stage = g_list_model_get_item (stages, i);
      g_autoptr (DwProject)
          project = dw_session_find_project (self->session, dw_stage_get_project_id (stage));

      if (project == NULL)
        continue;

      g_autofree char *text = format_stage (project, stage);
      if (has_all_terms (terms, text))
        g_ptr_array_add (results, g_strconcat (prefix, dw_entity_get_id (DW_ENTITY (stage)), NULL));
    }
}

static GVariant *
find_results (DwSearchProvider *self, const char *const *terms)
{
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) rest = NULL;

  if (take_deploy_term (terms, &rest) && rest[0] != NULL)
    find_stages (self, (const char *const *) rest, DEPLOY_PREFIX, results);
  find_projects (self, terms, results);
  find_stages (self, terms, STAGE_PREFIX, results);
  g_ptr_array_add (results, NULL);

  return g_variant_new ("(^as)", results->pdata);
}

/* --- What is said of it -------------------------------------------------------------------------
 */

/* @parameters: (out): the id behind the prefix. Returns: whether the result is of this kind */
static gboolean
skip_prefix (const char *result, const char *prefix, const char **id)
{
  if (!g_str_has_prefix (result, prefix))
    return FALSE;

  *id = result + strlen (prefix);

  return TRUE;
}

/* What was found may be gone by now; then nothing is said of it. */
static gboolean
describe (DwSearchProvider *self, const char *result, char **name, char **description)
{
  gboolean is_deploy;
  const char *id;

  if (skip_prefix (result, PROJECT_PREFIX, &id))
    {
      g_autoptr (DwProject) project = dw_session_find_project (self->session, id);

      if (project == NULL)
        return FALSE;

      *name = g_strdup (dw_project_get_name (project));
      *description = g_strdup (dw_project_get_image (project));

      return TRUE;
    }

  is_deploy = skip_prefix (result, DEPLOY_PREFIX, &id);
  if (!is_deploy && !skip_prefix (result, STAGE_PREFIX, &id))
    return FALSE;

  g_autoptr (DwStage) stage = dw_session_find_stage (self->session, id);
  g_autoptr (DwProject)
      project = stage != NULL
                    ? dw_session_find_project (self->session, dw_stage_get_project_id (stage))
                    : NULL;
  if (project == NULL)
    return FALSE;

  g_autofree char *path = format_stage (project, stage);
  /* Translators: %s is a project and a stage, as in “Deploy to shop/prod…” */
  *name = is_deploy ? g_strdup_printf (_ ("Deploy to %s…"), path) : g_steal_pointer (&path);
  *description = g_strdup (is_deploy ? _ ("Choose a tag and deploy it") : _ ("Stage"));

  return TRUE;
}

static GVariant *
describe_results (DwSearchProvider *self, const char *const *results)
{
  g_autoptr (GIcon) icon = g_themed_icon_new (DW_APPLICATION_ID);
  g_autoptr (GVariant) serialized = g_icon_serialize (icon);
  GVariantBuilder metas;

  g_variant_builder_init (&metas, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; results[i] != NULL && i < MAX_RESULTS; i++)
    {
      g_autofree char *name = NULL;
      g_autofree char *description = NULL;

      if (!describe (self, results[i], &name, &description))
        continue;

      g_variant_builder_open (&metas, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&metas, "{sv}", "id", g_variant_new_string (results[i]));
      g_variant_builder_add (&metas, "{sv}", "name", g_variant_new_string (name));
      g_variant_builder_add (&metas, "{sv}", "description", g_variant_new_string (description));
      g_variant_builder_add (&metas, "{sv}", "icon", serialized);
      g_variant_builder_close (&metas);
    }

  return g_variant_new ("(aa{sv})", &metas);
}

/* --- What is done with it -----------------------------------------------------------------------
 */

static void
activate (DwSearchProvider *self, const char *result)
{
  const char *id;

  if (skip_prefix (result, PROJECT_PREFIX, &id))
    g_signal_emit (self, signals[SIGNAL_SHOW_PAGE], 0, "project", id);
  else if (skip_prefix (result, DEPLOY_PREFIX, &id))
    g_signal_emit (self, signals[SIGNAL_OPEN_DIALOG], 0, "deploy", id);
  else if (skip_prefix (result, STAGE_PREFIX, &id))
    {
      g_autoptr (DwStage) stage = dw_session_find_stage (self->session, id);

      if (stage != NULL)
        g_signal_emit (self, signals[SIGNAL_SHOW_PAGE], 0, "project",
                       dw_stage_get_project_id (stage));
    }
}

static void
answer (DwSearchProvider *self, GDBusMethodInvocation *invocation)
{
  const char *method = g_dbus_method_invocation_get_method_name (invocation);
  GVariant *parameters = g_dbus_method_invocation_get_parameters (invocation);
  g_autofree const char **texts = NULL;
  const char *result;
  GVariant *reply = NULL;

  if (g_str_equal (method, "GetInitialResultSet"))
    {
      g_variant_get (parameters, "(^a&s)", &texts);
      reply = find_results (self, texts);
    }
  else if (g_str_equal (method, "GetSubsearchResultSet"))
    {
      g_variant_get (parameters, "(as^a&s)", NULL, &texts);
      reply = find_results (self, texts);
    }
  else if (g_str_equal (method, "GetResultMetas"))
    {
      g_variant_get (parameters, "(^a&s)", &texts);
      reply = describe_results (self, texts);
    }
  else if (g_str_equal (method, "ActivateResult"))
    {
      g_variant_get (parameters, "(&s^a&su)", &result, &texts, NULL);
      activate (self, result);
    }
  else
    {
      g_variant_get (parameters, "(^a&su)", &texts, NULL);
      g_autofree char *text = g_strjoinv (" ", (char **) texts);
      g_signal_emit (self, signals[SIGNAL_SEARCH], 0, text);
    }

  g_dbus_method_invocation_return_value (invocation, reply);
}

static void
answer_waiting (DwSearchProvider *self)
{
  while (is_ready (self) && !g_queue_is_empty (&self->waiting))
    answer (self, g_queue_pop_head (&self->waiting));
}

static void
release (DwSearchProvider *self)
{
  if (self->hold_source == 0)
    return;

  g_clear_handle_id (&self->hold_source, g_source_remove);
  g_application_release (self->application);
}

static gboolean
on_hold_over (gpointer user_data)
{
  DwSearchProvider *self = user_data;

  if (!g_queue_is_empty (&self->waiting))
    return G_SOURCE_CONTINUE;

  self->hold_source = 0;
  g_application_release (self->application);

  return G_SOURCE_REMOVE;
}

static void
hold (DwSearchProvider *self)
{
  if (self->hold_source == 0)
    g_application_hold (self->application);
  else
    g_source_remove (self->hold_source);
  self->hold_source = g_timeout_add_seconds (HOLD_S, on_hold_over, self);
}

static void
on_method_call (GDBusConnection *connection,
                const char *sender,
                const char *object_path,
                const char *interface_name,
                const char *method_name,
                GVariant *parameters,
                GDBusMethodInvocation *invocation,
                gpointer user_data)
{
  DwSearchProvider *self = user_data;

  hold (self);
  g_queue_push_tail (&self->waiting, invocation);
  answer_waiting (self);
}

static void
dw_search_provider_dispose (GObject *object)
{
  DwSearchProvider *self = DW_SEARCH_PROVIDER (object);

  dw_search_provider_unexport (self);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (dw_search_provider_parent_class)->dispose (object);
}

static void
dw_search_provider_class_init (DwSearchProviderClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dw_search_provider_dispose;

  signals[SIGNAL_SHOW_PAGE] = g_signal_new ("show-page", DW_TYPE_SEARCH_PROVIDER, G_SIGNAL_RUN_LAST,
                                            0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING,
                                            G_TYPE_STRING);
  signals[SIGNAL_OPEN_DIALOG] = g_signal_new ("open-dialog", DW_TYPE_SEARCH_PROVIDER,
                                              G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                              2, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_SEARCH] = g_signal_new ("search", DW_TYPE_SEARCH_PROVIDER, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
dw_search_provider_init (DwSearchProvider *self)
{
  g_queue_init (&self->waiting);
}

/**
 * dw_search_provider_new:
 * @application: (transfer none): is kept from ending while somebody waits for an answer; it has to
 *   outlive the provider
 *
 * Returns: (transfer full): a provider that is not exported yet. Main thread.
 */
DwSearchProvider *
dw_search_provider_new (GApplication *application)
{
  DwSearchProvider *self = g_object_new (DW_TYPE_SEARCH_PROVIDER, NULL);

  self->application = application;

  return self;
}

/**
 * dw_search_provider_export:
 * @self: a provider
 * @connection: the session bus
 * @object_path: the application's
 * @error: return location for an error, in %G_IO_ERROR
 *
 * Returns: whether the search of the desktop can ask from now on
 */
gboolean
dw_search_provider_export (DwSearchProvider *self,
                           GDBusConnection *connection,
                           const char *object_path,
                           GError **error)
{
  static const GDBusInterfaceVTable table = { .method_call = on_method_call };
  g_autofree char *path = g_strconcat (object_path, "/SearchProvider", NULL);
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (introspection, error);

  g_return_val_if_fail (DW_IS_SEARCH_PROVIDER (self), FALSE);

  if (node == NULL)
    return FALSE;

  self->registration = g_dbus_connection_register_object (connection, path, node->interfaces[0],
                                                          &table, self, NULL, error);
  if (self->registration == 0)
    return FALSE;
  g_set_object (&self->connection, connection);

  return TRUE;
}

/* Nobody can ask any more, and who waits is told so. */
void
dw_search_provider_unexport (DwSearchProvider *self)
{
  GDBusMethodInvocation *invocation;

  g_return_if_fail (DW_IS_SEARCH_PROVIDER (self));

  if (self->registration != 0)
    g_dbus_connection_unregister_object (self->connection, self->registration);
  self->registration = 0;
  g_clear_object (&self->connection);
  release (self);
  while ((invocation = g_queue_pop_head (&self->waiting)) != NULL)
    g_dbus_method_invocation_return_error_literal (invocation, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY,
                                                   _ ("Docker Watcher is quitting"));
}

/**
 * dw_search_provider_set_session:
 * @self: a provider
 * @session: what to search in
 *
 * Answers whoever waits, as soon as the projects and stages are read.
 */
void
dw_search_provider_set_session (DwSearchProvider *self, DwSession *session)
{
  g_return_if_fail (DW_IS_SEARCH_PROVIDER (self));

  g_set_object (&self->session, session);
  g_signal_connect_object (dw_session_get_projects (session), "notify::loaded",
                           G_CALLBACK (answer_waiting), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (dw_session_get_stages (session), "notify::loaded",
                           G_CALLBACK (answer_waiting), self, G_CONNECT_SWAPPED);
  answer_waiting (self);
}
