/* dw-field.h: a part of a form that is about one property of an entity
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "model/dw-entity.h"

G_BEGIN_DECLS

#define DW_TYPE_FIELD (dw_field_get_type ())

/* Its id in the template is the property's column: id="health_path". Signal:
 *   "edited"   a person has changed what it says
 */
G_DECLARE_INTERFACE (DwField, dw_field, DW, FIELD, GtkWidget)

/**
 * DwFieldInterface:
 * @load: shows the property of the entity
 * @save: sets the property to what is shown; fails with a message for below the field
 * @show_problem: shows below the field what is wrong with it, or %NULL
 */
struct _DwFieldInterface
{
  GTypeInterface parent_interface;

  void (*load) (DwField *self, DwEntity *entity, GParamSpec *pspec);
  gboolean (*save) (DwField *self, DwEntity *entity, GParamSpec *pspec, GError **error);
  void (*show_problem) (DwField *self, const char *problem);
};

void dw_field_load (DwField *self, DwEntity *entity, GParamSpec *pspec);
gboolean dw_field_save (DwField *self, DwEntity *entity, GParamSpec *pspec, GError **error);
void dw_field_show_problem (DwField *self, const char *problem);
void dw_field_edited (DwField *self);

char *dw_field_format_value (const GValue *value, GParamSpec *pspec);
gboolean dw_field_parse_value (const char *text, GParamSpec *pspec, GValue *value, GError **error);

G_END_DECLS
