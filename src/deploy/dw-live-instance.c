/* dw-live-instance.c: an instance with its container, as both are now
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A snapshot that a thread makes of what the store and the engine say, and that then takes over
 * what the next snapshots of the same say, so that whoever shows it can follow.
 */

#include "config.h"

#include "deploy/dw-live-instance.h"

#include <string.h>

#include "deploy/dw-stage-containers.h"
#include "model/dw-image-reference.h"

typedef enum
{
  TEXT_KEY,
  TEXT_ID,
  TEXT_PROJECT_ID,
  TEXT_PROJECT_NAME,
  TEXT_STAGE_ID,
  TEXT_STAGE_NAME,
  TEXT_CONTAINER_ID,
  TEXT_CONTAINER_NAME,
  TEXT_TAG,
  TEXT_DIGEST,
  TEXT_ADDRESS,
  TEXT_CREATED_AT,
  N_TEXTS,
} Text;

struct _DwLiveInstance
{
  GObject parent_instance;

  char *texts[N_TEXTS];
  int position; /* of the stage */
  DwLiveState state;
  DwLiveRole role;
  gboolean is_current;
};

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (DwLiveInstance, dw_live_instance, G_TYPE_OBJECT)

static void
dw_live_instance_finalize (GObject *object)
{
  DwLiveInstance *self = DW_LIVE_INSTANCE (object);

  for (guint i = 0; i < N_TEXTS; i++)
    g_free (self->texts[i]);

  G_OBJECT_CLASS (dw_live_instance_parent_class)->finalize (object);
}

static void
dw_live_instance_class_init (DwLiveInstanceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dw_live_instance_finalize;

  signals[CHANGED] = g_signal_new ("changed", DW_TYPE_LIVE_INSTANCE, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
dw_live_instance_init (DwLiveInstance *self)
{
}

static void
set_text (DwLiveInstance *self, Text text, const char *value)
{
  self->texts[text] = g_strdup (value);
}

/* @was_to_run: whether nobody stopped it through us */
static DwLiveState
judge (const DwContainer *container, gboolean was_to_run)
{
  switch (container->state)
    {
    case DW_CONTAINER_CREATED:
      return DW_LIVE_STARTING;
    case DW_CONTAINER_RUNNING:
      switch (container->health)
        {
        case DW_CONTAINER_HEALTH_STARTING:
          return DW_LIVE_STARTING;
        case DW_CONTAINER_HEALTH_HEALTHY:
          return DW_LIVE_HEALTHY;
        case DW_CONTAINER_HEALTH_UNHEALTHY:
          return DW_LIVE_UNHEALTHY;
        case DW_CONTAINER_HEALTH_NONE:
        default:
          return DW_LIVE_RUNNING;
        }
    case DW_CONTAINER_RESTARTING:
      return DW_LIVE_RESTARTING;
    case DW_CONTAINER_REMOVING:
      return DW_LIVE_REMOVING;
    case DW_CONTAINER_DEAD:
      return DW_LIVE_FAILED;
    case DW_CONTAINER_EXITED:
      return was_to_run && container->exit_code != 0 ? DW_LIVE_FAILED : DW_LIVE_STOPPED;
    case DW_CONTAINER_PAUSED:
    case DW_CONTAINER_UNKNOWN:
    default:
      return DW_LIVE_STOPPED;
    }
}

/* Where it answers, if it does. */
static void
set_address (DwLiveInstance *self, const char *domain, guint host_port)
{
  if (self->role == DW_LIVE_CURRENT && domain != NULL)
    self->texts[TEXT_ADDRESS] = g_strconcat ("http://", domain, NULL);
  else if (host_port != 0 && (self->state == DW_LIVE_RUNNING || self->state == DW_LIVE_HEALTHY ||
                              self->state == DW_LIVE_UNHEALTHY || self->state == DW_LIVE_STARTING))
    self->texts[TEXT_ADDRESS] = g_strdup_printf ("http://localhost:%u", host_port);
}

/**
 * dw_live_instance_new_for_row:
 * @row: an instance
 * @stage: (nullable): its stage
 * @is_being_deployed: whether its deploy has not ended
 * @is_missing: whether the engine said that it has no container for it
 * @container: (nullable): its container; %NULL when it is missing, or the engine does not answer
 *
 * Returns: (transfer full): the instance as it is now. Any thread.
 */
DwLiveInstance *
dw_live_instance_new_for_row (DwInstance *row,
                              DwStage *stage,
                              gboolean is_being_deployed,
                              gboolean is_missing,
                              const DwContainer *container)
{
  DwLiveInstance *self = g_object_new (DW_TYPE_LIVE_INSTANCE, NULL);
  const char *id = dw_entity_get_id (DW_ENTITY (row));
  const DwContainerPort *port = container != NULL && container->ports->len > 0
                                    ? g_ptr_array_index (container->ports, 0)
                                    : NULL;

  set_text (self, TEXT_KEY, id);
  set_text (self, TEXT_ID, id);
  set_text (self, TEXT_PROJECT_ID, dw_instance_get_project_id (row));
  set_text (self, TEXT_PROJECT_NAME, dw_instance_get_project_name (row));
  set_text (self, TEXT_STAGE_ID, dw_instance_get_stage_id (row));
  set_text (self, TEXT_STAGE_NAME, dw_instance_get_stage_name (row));
  set_text (self, TEXT_CONTAINER_ID,
            container != NULL ? container->id : dw_instance_get_container_id (row));
  set_text (self, TEXT_CONTAINER_NAME,
            container != NULL ? container->name : dw_instance_get_container_name (row));
  set_text (self, TEXT_TAG, dw_instance_get_tag (row));
  set_text (self, TEXT_DIGEST, dw_instance_get_digest (row));
  set_text (self, TEXT_CREATED_AT, dw_entity_get_created_at (DW_ENTITY (row)));

  self->position = stage != NULL ? dw_stage_get_position (stage) : G_MAXINT;
  self->is_current = stage != NULL && g_strcmp0 (dw_stage_get_current_instance_id (stage), id) == 0;
  if (is_missing)
    self->role = DW_LIVE_ORPHANED;
  else if (self->is_current)
    self->role = DW_LIVE_CURRENT;
  else
    self->role = is_being_deployed ? DW_LIVE_NEW : DW_LIVE_KEPT;

  if (container != NULL)
    self->state = judge (container, dw_instance_get_status (row) == DW_INSTANCE_RUNNING);
  else
    self->state = is_missing          ? DW_LIVE_GONE
                  : is_being_deployed ? DW_LIVE_STARTING
                                      : DW_LIVE_UNKNOWN;
  set_address (self, dw_instance_get_domain (row),
               port != NULL ? port->host_port : (guint) dw_instance_get_host_port (row));

  return self;
}

/**
 * dw_live_instance_new_for_container:
 * @container: a container with our labels that no instance stands for
 * @project_name: (nullable): its project, if there is one yet
 * @stage_name: (nullable): its stage, if there is one yet
 *
 * Returns: (transfer full): the orphan. Any thread.
 */
DwLiveInstance *
dw_live_instance_new_for_container (const DwContainer *container,
                                    const char *project_name,
                                    const char *stage_name)
{
  DwLiveInstance *self = g_object_new (DW_TYPE_LIVE_INSTANCE, NULL);
  g_autoptr (DwImageReference) image = dw_image_reference_parse (container->image, NULL);
  const DwContainerPort *port = container->ports->len > 0 ? g_ptr_array_index (container->ports, 0)
                                                          : NULL;

  self->texts[TEXT_KEY] = g_strconcat ("container:", container->id, NULL);
  set_text (self, TEXT_PROJECT_ID, g_hash_table_lookup (container->labels, DW_LABEL_PROJECT));
  set_text (self, TEXT_PROJECT_NAME, project_name);
  set_text (self, TEXT_STAGE_ID, g_hash_table_lookup (container->labels, DW_LABEL_STAGE));
  set_text (self, TEXT_STAGE_NAME, stage_name);
  set_text (self, TEXT_CONTAINER_ID, container->id);
  set_text (self, TEXT_CONTAINER_NAME, container->name);
  if (image != NULL)
    {
      set_text (self, TEXT_TAG, dw_image_reference_get_tag (image));
      set_text (self, TEXT_DIGEST, dw_image_reference_get_digest (image));
    }

  self->position = G_MAXINT;
  self->role = DW_LIVE_ORPHANED;
  self->state = judge (container, FALSE);
  set_address (self, NULL, port != NULL ? port->host_port : 0);

  return self;
}

/* Returns: what tells it from all others */
const char *
dw_live_instance_get_key (DwLiveInstance *self)
{
  return self->texts[TEXT_KEY];
}

/* Returns: (nullable): the instance's id; %NULL for a container that no instance stands for */
const char *
dw_live_instance_get_id (DwLiveInstance *self)
{
  return self->texts[TEXT_ID];
}

/* Returns: (nullable): the project's id, which may be gone */
const char *
dw_live_instance_get_project_id (DwLiveInstance *self)
{
  return self->texts[TEXT_PROJECT_ID];
}

/* Returns: (nullable): the project's name; %NULL when it is gone */
const char *
dw_live_instance_get_project_name (DwLiveInstance *self)
{
  return self->texts[TEXT_PROJECT_NAME];
}

/* Returns: (nullable): the stage's id, which may be gone */
const char *
dw_live_instance_get_stage_id (DwLiveInstance *self)
{
  return self->texts[TEXT_STAGE_ID];
}

/* Returns: (nullable): the stage's name; %NULL when it is gone */
const char *
dw_live_instance_get_stage_name (DwLiveInstance *self)
{
  return self->texts[TEXT_STAGE_NAME];
}

/* Returns: (nullable): the container's id; %NULL while there is none yet */
const char *
dw_live_instance_get_container_id (DwLiveInstance *self)
{
  return self->texts[TEXT_CONTAINER_ID];
}

/* Returns: (nullable): the container's name */
const char *
dw_live_instance_get_container_name (DwLiveInstance *self)
{
  return self->texts[TEXT_CONTAINER_NAME];
}

/* Returns: (nullable): the tag that was deployed */
const char *
dw_live_instance_get_tag (DwLiveInstance *self)
{
  return self->texts[TEXT_TAG];
}

/* Returns: (nullable): the digest that runs */
const char *
dw_live_instance_get_digest (DwLiveInstance *self)
{
  return self->texts[TEXT_DIGEST];
}

/* Returns: (nullable): where it answers, a URI */
const char *
dw_live_instance_get_address (DwLiveInstance *self)
{
  return self->texts[TEXT_ADDRESS];
}

DwLiveState
dw_live_instance_get_state (DwLiveInstance *self)
{
  return self->state;
}

DwLiveRole
dw_live_instance_get_role (DwLiveInstance *self)
{
  return self->role;
}

/* Returns: whether its stage counts on it, be its container there or not */
gboolean
dw_live_instance_is_current (DwLiveInstance *self)
{
  return self->is_current;
}

/**
 * dw_live_instance_take:
 * @self: an instance that is shown
 * @from: a newer snapshot of the same
 *
 * Takes over what is other than it was, and says so. In the main context.
 *
 * Returns: whether anything was
 */
gboolean
dw_live_instance_take (DwLiveInstance *self, DwLiveInstance *from)
{
  gboolean is_same = self->state == from->state && self->role == from->role &&
                     self->position == from->position && self->is_current == from->is_current;

  for (guint i = 0; i < N_TEXTS; i++)
    if (g_strcmp0 (self->texts[i], from->texts[i]) != 0)
      {
        g_free (self->texts[i]);
        self->texts[i] = g_strdup (from->texts[i]);
        is_same = FALSE;
      }
  self->state = from->state;
  self->role = from->role;
  self->position = from->position;
  self->is_current = from->is_current;

  if (!is_same)
    g_signal_emit (self, signals[CHANGED], 0);

  return !is_same;
}

/* Returns: whether @a stands before @b: by project, in promotion order, what serves first, and then
 *   the newest; what belongs to nobody at the end. */
int
dw_live_instance_compare (DwLiveInstance *a, DwLiveInstance *b)
{
  const char *project_a = a->texts[TEXT_PROJECT_NAME];
  const char *project_b = b->texts[TEXT_PROJECT_NAME];
  int order = 0;

  if ((project_a == NULL) != (project_b == NULL))
    return project_a == NULL ? 1 : -1;
  if (project_a != NULL && (order = g_utf8_collate (project_a, project_b)) != 0)
    return order;
  if (a->position != b->position)
    return a->position < b->position ? -1 : 1;
  if ((order = g_strcmp0 (a->texts[TEXT_STAGE_ID], b->texts[TEXT_STAGE_ID])) != 0)
    return order;
  if (a->is_current != b->is_current)
    return a->is_current ? -1 : 1;
  if ((order = -g_strcmp0 (a->texts[TEXT_CREATED_AT], b->texts[TEXT_CREATED_AT])) != 0)
    return order;

  return g_strcmp0 (a->texts[TEXT_KEY], b->texts[TEXT_KEY]);
}

/**
 * dw_live_instance_contains:
 * @self: an instance
 * @folded_text: what is looked for, by g_utf8_casefold()
 *
 * Returns: whether a name, a tag, an id or the address of it has that in it
 */
gboolean
dw_live_instance_contains (DwLiveInstance *self, const char *folded_text)
{
  static const Text texts[] = { TEXT_PROJECT_NAME, TEXT_STAGE_NAME, TEXT_CONTAINER_NAME, TEXT_TAG,
                                TEXT_CONTAINER_ID, TEXT_DIGEST,     TEXT_ADDRESS };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      const char *text = self->texts[texts[i]];
      g_autofree char *folded = text != NULL ? g_utf8_casefold (text, -1) : NULL;

      if (folded != NULL && strstr (folded, folded_text) != NULL)
        return TRUE;
    }

  return FALSE;
}
