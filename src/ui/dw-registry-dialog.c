/* dw-registry-dialog.c: adds a registry, or changes one
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is typed is checked by the model's own rules as it is typed. A password goes to the keyring
 * and nowhere else; the one that is there already is never read into the dialog, and is not sent to
 * another address than the one it was kept for.
 */

#include "config.h"

#include "ui/dw-registry-dialog.h"

#include <glib/gi18n.h>

#include "deploy/dw-problem.h"
#include "model/dw-schedule.h"
#include "model/dw-validation.h"
#include "ui/dw-choice-label.h"
#include "ui/dw-entry-row.h"
#include "ui/dw-format.h"
#include "ui/dw-task.h"
#include "ui/dw-test-row.h"

/* In the order in which they are offered. */
static const struct
{
  DwRegistryKind kind;
  const char *name; /* nullable: what a registry of the kind is called until it has a name */
  const char *url;  /* nullable: where it is, unless it is somewhere else */
  const char *hint; /* which password is needed */
} kinds[] = {
  { DW_REGISTRY_KIND_DOCKER_HUB, "Docker Hub", "https://docker.io",
    N_ ("A personal access token with “Read-only” access: on hub.docker.com, under Account "
        "Settings, Personal access tokens.") },
  { DW_REGISTRY_KIND_GHCR, "GHCR", "https://ghcr.io",
    N_ ("A personal access token (classic) with the scope “read:packages”: on github.com, under "
        "Settings, Developer settings.") },
  { DW_REGISTRY_KIND_GITEA, NULL, NULL,
    N_ ("An access token that may read packages: under Settings, Applications. The address is that "
        "of the server.") },
  { DW_REGISTRY_KIND_GITLAB, "GitLab", "https://registry.gitlab.com",
    N_ ("A personal, group or project access token, or a deploy token, with the scope "
        "“read_registry”.") },
  { DW_REGISTRY_KIND_GENERIC, NULL, NULL, N_ ("The one that “docker login” asks for.") },
};

struct _DwRegistryDialog
{
  DwDialog parent_instance;

  DwRegistry *original; /* nullable: there is none yet */
  DwPasswordPlace password_place;
  gboolean is_filling; /* the fields are set, and nobody types */

  AdwComboRow *kind_row;
  GtkStringList *kinds;
  DwEntryRow *name_row;
  DwEntryRow *url_row;
  DwEntryRow *username_row;
  GtkWidget *password_row;
  GtkLabel *password_label;
  GtkSwitch *enabled_switch;
  DwEntryRow *schedule_row;
  DwTestRow *test_row;
  GtkWidget *plain_button;
};

G_DEFINE_FINAL_TYPE (DwRegistryDialog, dw_registry_dialog, DW_TYPE_DIALOG)

/* --- What is in the fields ----------------------------------------------------------------------
 */

/* Returns: (transfer full): without what surrounds it, which nobody sees */
static char *
get_text (DwEntryRow *row)
{
  return g_strstrip (g_strdup (dw_entry_row_get_text (row)));
}

/* Returns: (transfer full) (nullable): an empty field is none */
static char *
get_optional_text (DwEntryRow *row)
{
  g_autofree char *text = get_text (row);

  return *text != '\0' ? g_steal_pointer (&text) : NULL;
}

static gsize
get_kind (DwRegistryDialog *self)
{
  guint selected = adw_combo_row_get_selected (self->kind_row);

  return selected < G_N_ELEMENTS (kinds) ? selected : G_N_ELEMENTS (kinds) - 1;
}

/* Returns: (transfer full): the registry as it is written down */
static DwRegistry *
make_registry (DwRegistryDialog *self)
{
  g_autofree char *name = get_text (self->name_row);
  g_autofree char *url = get_text (self->url_row);
  g_autofree char *username = get_optional_text (self->username_row);
  g_autofree char *schedule = get_optional_text (self->schedule_row);

  return g_object_new (DW_TYPE_REGISTRY, "name", name, "url", url, "kind",
                       (int) kinds[get_kind (self)].kind, "username", username, "schedule",
                       schedule, "enabled", gtk_switch_get_active (self->enabled_switch), NULL);
}

/* Whether the secret in the keyring is for what is written down. */
static gboolean
keeps_password (DwRegistryDialog *self)
{
  g_autofree char *username = get_optional_text (self->username_row);
  g_autoptr (DwRegistry) registry = make_registry (self);
  g_autofree char *domain = dw_registries_get_domain (registry);
  g_autofree char *original = self->original != NULL ? dw_registries_get_domain (self->original)
                                                     : NULL;

  return self->original != NULL && self->password_place == DW_PASSWORD_KEYRING &&
         username != NULL && domain != NULL && g_strcmp0 (domain, original) == 0 &&
         g_strcmp0 (username, dw_registry_get_username (self->original)) == 0;
}

/* --- What is said about them --------------------------------------------------------------------
 */

/* @note: (nullable): nothing is said */
static void
show_note (DwEntryRow *row, const char *note, gboolean is_wrong)
{
  g_object_set (row, "note", is_wrong ? NULL : note, "problem", is_wrong ? note : NULL, NULL);
}

static gboolean
is_name_taken (DwRegistryDialog *self, const char *name)
{
  GListModel *registries = G_LIST_MODEL (
      dw_session_get_registries (dw_dialog_get_session (DW_DIALOG (self))));

  for (guint i = 0; i < g_list_model_get_n_items (registries); i++)
    {
      g_autoptr (DwRegistry) other = g_list_model_get_item (registries, i);

      if (g_strcmp0 (dw_registry_get_name (other), name) == 0 &&
          g_strcmp0 (dw_entity_get_id (DW_ENTITY (other)),
                     dw_dialog_get_item_id (DW_DIALOG (self))) != 0)
        return TRUE;
    }

  return FALSE;
}

static gboolean
check_name (DwRegistryDialog *self)
{
  g_autofree char *name = get_text (self->name_row);
  g_autoptr (GError) problem = NULL;
  const char *note = NULL;

  if (*name == '\0')
    note = NULL;
  else if (!dw_validate_line (_ ("Name"), name, 100, &problem))
    note = problem->message;
  else if (is_name_taken (self, name))
    note = _ ("Another registry has this name");
  show_note (self->name_row, note, note != NULL);

  return *name != '\0' && note == NULL;
}

static gboolean
check_url (DwRegistryDialog *self)
{
  g_autofree char *url = get_text (self->url_row);
  g_autoptr (GError) problem = NULL;
  gboolean is_wrong = FALSE;
  const char *note = NULL;

  if (*url != '\0' && !dw_registries_validate_url (_ ("Address"), url, &problem))
    is_wrong = TRUE;
  else if (g_str_has_prefix (url, "http:"))
    note = _ ("Without TLS, anybody on the way can read the password.");
  show_note (self->url_row, is_wrong ? problem->message : note, is_wrong);

  return *url != '\0' && !is_wrong;
}

static gboolean
check_username (DwRegistryDialog *self)
{
  g_autofree char *username = get_optional_text (self->username_row);
  const char *password = gtk_editable_get_text (GTK_EDITABLE (self->password_row));
  g_autoptr (GError) problem = NULL;
  const char *note = NULL;
  gboolean is_wrong = TRUE;

  if (!dw_validate_optional_line (_ ("User"), username, 256, &problem))
    note = problem->message;
  else if (username == NULL && *password != '\0')
    note = _ ("A password needs a user to sign in with");
  else
    {
      is_wrong = FALSE;
      if (username == NULL)
        note = _ ("Without one, Docker’s own sign-in is used if there is one, or nobody’s.");
    }
  show_note (self->username_row, note, is_wrong);

  return !is_wrong;
}

static void
explain_password (DwRegistryDialog *self)
{
  const char *hint = _ (kinds[get_kind (self)].hint);
  const char *typed = gtk_editable_get_text (GTK_EDITABLE (self->password_row));
  g_autofree char *note = NULL;

  gtk_widget_set_sensitive (self->password_row, self->password_place != DW_PASSWORD_NO_KEYRING);
  if (self->password_place == DW_PASSWORD_NO_KEYRING)
    note = g_strdup (_ ("There is no keyring here, so no password can be kept. Docker’s own "
                        "sign-in is used: run “docker login” with the address."));
  else if (*typed == '\0' && keeps_password (self))
    note = g_strdup_printf ("%s %s", _ ("The keyring has it; what is typed here replaces it."),
                            hint);
  else if (*typed == '\0' && self->password_place == DW_PASSWORD_KEYRING)
    note = g_strdup_printf ("%s %s",
                            _ ("The one in the keyring was for another address or user, and is "
                               "forgotten when this is saved."),
                            hint);
  else
    note = g_strdup_printf ("%s %s", hint, _ ("It is kept in the keyring."));
  gtk_label_set_label (self->password_label, note);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->password_row),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, note, -1);
}

/* Returns: (transfer full) (nullable): when @text has it begin for the first time */
static char *
describe_next (const char *text)
{
  g_autoptr (DwSchedule) schedule = dw_schedule_parse (text, NULL);
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  gint64 next_s = schedule != NULL
                      ? dw_schedule_find_next (schedule, zone, g_get_real_time () / G_USEC_PER_SEC)
                      : -1;
  g_autoptr (GDateTime) next = next_s > 0 ? g_date_time_new_from_unix_local (next_s) : NULL;
  g_autofree char *time = next != NULL ? g_date_time_format (next, "%c") : NULL;

  return time != NULL ? g_strdup_printf (_ ("The next time: %s."), time) : NULL;
}

static gboolean
check_schedule (DwRegistryDialog *self)
{
  g_autofree char *schedule = get_optional_text (self->schedule_row);
  g_autoptr (GError) problem = NULL;
  g_autofree char *next = schedule != NULL ? describe_next (schedule) : NULL;
  gboolean is_wrong = schedule != NULL &&
                      !dw_schedule_validate (_ ("Schedule"), schedule, &problem);
  const char *note = next;

  if (is_wrong)
    note = problem->message;
  else if (schedule == NULL)
    note = _ ("Leave empty to use the preferences. Otherwise such as “@every 5m”, “@hourly”, or as "
              "in crontab: “*/10 8-18 * * mon-fri”.");
  show_note (self->schedule_row, note, is_wrong);

  return !is_wrong;
}

static void
check (DwRegistryDialog *self)
{
  gboolean has_name = check_name (self);
  gboolean has_url = check_url (self);
  gboolean has_username = check_username (self);
  gboolean has_schedule = check_schedule (self);

  explain_password (self);
  dw_test_row_set_can_test (self->test_row, has_url && has_username);
  dw_dialog_set_can_accept (DW_DIALOG (self), has_name && has_url && has_username && has_schedule);
}

static void
on_changed (DwRegistryDialog *self)
{
  if (self->is_filling)
    return;

  dw_dialog_set_problem (DW_DIALOG (self), NULL);
  check (self);
}

static void
name_test (DwRegistryDialog *self, const char *title)
{
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->test_row), title);
  gtk_widget_set_visible (self->plain_button, FALSE);
}

/* What was found out is about something else now. */
static void
on_access_changed (DwRegistryDialog *self)
{
  if (self->is_filling)
    return;

  dw_test_row_forget (self->test_row);
  name_test (self, _ ("Connection"));
  on_changed (self);
}

/* Only what nobody typed is filled in. */
static void
fill_in (DwEntryRow *row, const char *text, gboolean is_ours)
{
  g_autofree char *current = get_text (row);

  if (*current == '\0' || is_ours)
    g_object_set (row, "text", text, NULL);
}

static gboolean
is_filled_in (DwEntryRow *row, gboolean is_url)
{
  g_autofree char *current = get_text (row);

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (current, is_url ? kinds[i].url : kinds[i].name) == 0)
      return TRUE;

  return FALSE;
}

static void
on_kind_selected (DwRegistryDialog *self)
{
  gsize kind = get_kind (self);

  if (self->is_filling)
    return;

  self->is_filling = TRUE;
  fill_in (self->name_row, kinds[kind].name, is_filled_in (self->name_row, FALSE));
  fill_in (self->url_row, kinds[kind].url, is_filled_in (self->url_row, TRUE));
  self->is_filling = FALSE;
  on_access_changed (self);
}

/* --- The keyring --------------------------------------------------------------------------------
 */

/* What a thread works with. */
typedef struct
{
  DwRegistries *registries;
  DwRegistry *registry; /* nullable */
  char *id;             /* nullable */
  char *password;       /* nullable */
  DwPasswordPlace place;
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  g_clear_object (&work->registries);
  g_clear_object (&work->registry);
  g_free (work->id);
  g_free (work->password);
  g_free (work);
}

static Work *
work_new (DwRegistryDialog *self)
{
  Work *work = g_new0 (Work, 1);

  work->registries = g_object_ref (
      dw_session_get_registry_access (dw_dialog_get_session (DW_DIALOG (self))));
  work->id = self->original != NULL ? g_strdup (dw_entity_get_id (DW_ENTITY (self->original)))
                                    : NULL;

  return work;
}

static void
run (DwRegistryDialog *self, Work *work, GTaskThreadFunc function, GAsyncReadyCallback callback)
{
  GCancellable *cancellable = dw_dialog_get_cancellable (DW_DIALOG (self));
  g_autoptr (GTask) task = dw_task_new (self, cancellable, callback, NULL);

  g_task_set_source_tag (task, run);
  g_task_set_task_data (task, work, work_free);
  g_task_run_in_thread (task, function);
}

static void
ask_keyring_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Work *work = task_data;
  GError *error = NULL;

  if (dw_registries_find_password (work->registries, work->id, &work->place, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_keyring_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwRegistryDialog *self = DW_REGISTRY_DIALOG (source);
  Work *work = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    self->password_place = work->place;
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  else
    dw_dialog_set_problem (DW_DIALOG (self), error->message);
  check (self);
}

/* --- Testing ------------------------------------------------------------------------------------
 */

static const char *
get_failure_title (const GError *error)
{
  static const struct
  {
    const char *problem;
    const char *title;
  } titles[] = {
    { "unauthorized", N_ ("Sign-In Refused") },  { "registry_insecure", N_ ("Plain HTTP Only") },
    { "not_a_registry", N_ ("Not a Registry") }, { "registry_unreachable", N_ ("Not Reachable") },
    { "registry_timed_out", N_ ("No Answer") },  { "rate_limited", N_ ("Too Many Requests") },
  };
  const char *problem = dw_problem_get_name (error);

  for (gsize i = 0; i < G_N_ELEMENTS (titles); i++)
    if (g_str_equal (titles[i].problem, problem))
      return _ (titles[i].title);

  return _ ("The Test Failed");
}

/* Returns: (transfer full) (nullable): as whom it let one in */
static char *
test_in_thread (gpointer data, GCancellable *cancellable, GError **error)
{
  Work *work = data;
  g_autofree char *username = NULL;

  if (!dw_registries_try (work->registries, work->registry, work->password, &username, cancellable,
                          error))
    return NULL;
  if (username == NULL)
    return g_strdup (_ ("Connected without signing in; public images can be watched."));
  if (*username == '\0')
    return g_strdup (_ ("Signed in with Docker’s own sign-in."));

  return g_strdup_printf (_ ("Signed in as %s."), username);
}

static void
on_tested (DwRegistryDialog *self, const GError *error)
{
  if (error == NULL)
    return;

  name_test (self, get_failure_title (error));
  gtk_widget_set_visible (self->plain_button,
                          g_str_equal (dw_problem_get_name (error), "registry_insecure"));
}

static void
on_test (DwRegistryDialog *self)
{
  const char *password = gtk_editable_get_text (GTK_EDITABLE (self->password_row));
  Work *work = work_new (self);

  work->registry = make_registry (self);
  if (*password != '\0')
    work->password = g_strdup (password);
  else if (keeps_password (self))
    dw_entity_copy_values (DW_ENTITY (work->registry), DW_ENTITY (self->original));
  name_test (self, _ ("Connection"));
  dw_test_row_run (self->test_row, test_in_thread, work, work_free);
}

static void
on_plain_clicked (DwRegistryDialog *self)
{
  g_autofree char *url = get_text (self->url_row);

  if (!g_str_has_prefix (url, "https://"))
    return;

  g_autofree char *plain = g_strconcat ("http://", url + strlen ("https://"), NULL);
  g_object_set (self->url_row, "text", plain, NULL);
  on_test (self);
}

/* --- Saving -------------------------------------------------------------------------------------
 */

static void
save_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Work *work = task_data;
  GError *error = NULL;

  if (dw_registries_save (work->registries, work->registry, work->password, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* What comes of it is in the registry's row. */
static void
check_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autoptr (GError) problem = NULL;

  if (!dw_registries_test (source, task_data, cancellable, &problem))
    g_debug ("A registry that was saved does not work: %s", problem->message);
  g_task_return_boolean (task, TRUE);
}

static void
check_saved (DwRegistries *registries, DwRegistry *registry)
{
  g_autoptr (GTask) task = g_task_new (registries, NULL, NULL, NULL);

  g_task_set_source_tag (task, check_saved);
  g_task_set_task_data (task, g_strdup (dw_entity_get_id (DW_ENTITY (registry))), g_free);
  g_task_run_in_thread (task, check_in_thread);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwRegistryDialog *self = DW_REGISTRY_DIALOG (source);
  Work *work = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gboolean is_saved = g_task_propagate_boolean (G_TASK (result), &error);

  if (is_saved && dw_registry_get_enabled (work->registry))
    check_saved (work->registries, work->registry);
  if (g_cancellable_is_cancelled (dw_dialog_get_cancellable (DW_DIALOG (self))))
    return;

  if (is_saved)
    {
      dw_dialog_close (DW_DIALOG (self));
      return;
    }

  g_autofree char *text = dw_format_sentence (error->message);
  dw_dialog_set_busy (DW_DIALOG (self), FALSE);
  dw_dialog_set_problem (DW_DIALOG (self), text);
}

static void
accept (DwDialog *dialog)
{
  DwRegistryDialog *self = DW_REGISTRY_DIALOG (dialog);
  const char *password = gtk_editable_get_text (GTK_EDITABLE (self->password_row));
  Work *work = work_new (self);

  work->registry = make_registry (self);
  if (*password != '\0')
    work->password = g_strdup (password);
  else if (self->password_place == DW_PASSWORD_KEYRING && !keeps_password (self))
    work->password = g_strdup ("");
  if (self->original != NULL)
    {
      g_autoptr (DwRegistry) registry = g_steal_pointer (&work->registry);

      /* The one in the live list must not change before the store has. */
      work->registry = g_object_new (DW_TYPE_REGISTRY, NULL);
      dw_entity_copy_values (DW_ENTITY (work->registry), DW_ENTITY (self->original));
      g_object_set (work->registry, "name", dw_registry_get_name (registry), "url",
                    dw_registry_get_url (registry), "kind", dw_registry_get_kind (registry),
                    "username", dw_registry_get_username (registry), "schedule",
                    dw_registry_get_schedule (registry), "enabled",
                    dw_registry_get_enabled (registry), NULL);
    }

  dw_test_row_forget (self->test_row);
  dw_dialog_set_problem (dialog, NULL);
  dw_dialog_set_busy (dialog, TRUE);
  run (self, work, save_in_thread, on_saved);
}

/* --- The class ----------------------------------------------------------------------------------
 */

static void
fill (DwRegistryDialog *self)
{
  DwRegistry *registry = self->original;

  self->is_filling = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      gtk_string_list_append (self->kinds, dw_format_registry_kind (kinds[i].kind));
      if (registry != NULL && kinds[i].kind == dw_registry_get_kind (registry))
        adw_combo_row_set_selected (self->kind_row, i);
    }
  if (registry != NULL)
    {
      g_object_set (self->name_row, "text", dw_registry_get_name (registry), NULL);
      g_object_set (self->url_row, "text", dw_registry_get_url (registry), NULL);
      g_object_set (self->username_row, "text", dw_registry_get_username (registry), NULL);
      g_object_set (self->schedule_row, "text", dw_registry_get_schedule (registry), NULL);
      gtk_switch_set_active (self->enabled_switch, dw_registry_get_enabled (registry));
    }
  self->is_filling = FALSE;
}

static void
dw_registry_dialog_constructed (GObject *object)
{
  DwRegistryDialog *self = DW_REGISTRY_DIALOG (object);
  DwDialog *dialog = DW_DIALOG (self);
  const char *id = dw_dialog_get_item_id (dialog);

  G_OBJECT_CLASS (dw_registry_dialog_parent_class)->constructed (object);

  if (id != NULL && *id != '\0')
    self->original = dw_session_find_registry (dw_dialog_get_session (dialog), id);
  /* Until the keyring has told, what it may have is left alone. */
  self->password_place = self->original != NULL ? DW_PASSWORD_KEYRING : DW_PASSWORD_NOWHERE;
  dw_dialog_set_title (dialog, self->original != NULL ? _ ("Edit Registry") : _ ("Add Registry"));
  dw_dialog_set_accept_label (dialog, self->original != NULL ? _ ("_Save") : _ ("_Add"));

  fill (self);
  if (self->original == NULL)
    on_kind_selected (self);
  else
    check (self);
  run (self, work_new (self), ask_keyring_in_thread, on_keyring_asked);
}

static void
dw_registry_dialog_dispose (GObject *object)
{
  g_clear_object (&DW_REGISTRY_DIALOG (object)->original);

  G_OBJECT_CLASS (dw_registry_dialog_parent_class)->dispose (object);
}

static void
dw_registry_dialog_class_init (DwRegistryDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = dw_registry_dialog_constructed;
  object_class->dispose = dw_registry_dialog_dispose;
  DW_DIALOG_CLASS (klass)->accept = accept;

  g_type_ensure (DW_TYPE_ENTRY_ROW);
  g_type_ensure (DW_TYPE_TEST_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-registry-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, DwRegistryDialog, kind_row);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryDialog, kinds);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryDialog, name_row);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryDialog, url_row);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryDialog, username_row);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryDialog, password_row);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryDialog, password_label);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryDialog, schedule_row);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryDialog, enabled_switch);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryDialog, test_row);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryDialog, plain_button);
  gtk_widget_class_bind_template_callback (widget_class, on_kind_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_access_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_test);
  gtk_widget_class_bind_template_callback (widget_class, on_tested);
  gtk_widget_class_bind_template_callback (widget_class, on_plain_clicked);
}

static void
dw_registry_dialog_init (DwRegistryDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  dw_choice_label_use (self->kind_row);
}
