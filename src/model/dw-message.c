/* dw-message.c: what the outgoing webhook has not been told yet
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The end of a deploy and a version that asks are written down by the database itself, in the
 * transaction that brings them about.
 */

#include "config.h"

#include "model/dw-message.h"

#include "model/dw-enum-types.h"
#include "model/dw-validation.h"

struct _DwMessage
{
  DwEntity parent_instance;
};

enum
{
  PROP_EVENT = DW_ENTITY_N_PROPERTIES,
  PROP_STAGE_ID,
  PROP_DEPLOY_ID,
  PROP_TAG,
  PROP_DIGEST,
  PROP_TEXT,
  N_PROPERTIES,
};

G_DEFINE_FINAL_TYPE (DwMessage, dw_message, DW_TYPE_ENTITY)

static gboolean
dw_message_validate (DwEntity *entity, GError **error)
{
  return dw_validate_required ("stage_id", dw_message_get_stage_id (DW_MESSAGE (entity)), error);
}

static void
dw_message_class_init (DwMessageClass *klass)
{
  DwEntityClass *entity_class = DW_ENTITY_CLASS (klass);
  GParamSpec *properties[N_PROPERTIES] = {
    [PROP_EVENT] = dw_entity_param_enum ("event", DW_TYPE_MESSAGE_EVENT, DW_MESSAGE_DEPLOY),
    [PROP_STAGE_ID] = dw_entity_param_string ("stage-id", NULL),
    [PROP_DEPLOY_ID] = dw_entity_param_string ("deploy-id", NULL),
    [PROP_TAG] = dw_entity_param_string ("tag", NULL),
    [PROP_DIGEST] = dw_entity_param_string ("digest", NULL),
    [PROP_TEXT] = dw_entity_param_string ("text", NULL),
  };

  entity_class->validate = dw_message_validate;
  dw_entity_class_install_properties (entity_class, properties, N_PROPERTIES);
}

static void
dw_message_init (DwMessage *self)
{
}

/* what happened */
DwMessageEvent
dw_message_get_event (DwMessage *self)
{
  return dw_entity_get_enum (DW_ENTITY (self), PROP_EVENT);
}

/* the stage that it happened to */
const char *
dw_message_get_stage_id (DwMessage *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_STAGE_ID);
}

/* (nullable): the deploy that ended, or whose version turned bad */
const char *
dw_message_get_deploy_id (DwMessage *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_DEPLOY_ID);
}

/* (nullable): the tag of the version that asks */
const char *
dw_message_get_tag (DwMessage *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_TAG);
}

/* (nullable): its digest */
const char *
dw_message_get_digest (DwMessage *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_DIGEST);
}

/* (nullable): what turned bad */
const char *
dw_message_get_text (DwMessage *self)
{
  return dw_entity_get_string (DW_ENTITY (self), PROP_TEXT);
}
