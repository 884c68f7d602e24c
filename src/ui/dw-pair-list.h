/* dw-pair-list.h: the variables or the volumes of a project or a stage, to be edited
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define DW_TYPE_PAIR_LIST (dw_pair_list_get_type ())

/* A DwField, with "title" and "description" of the parent. Property:
 *   "volumes" (boolean)   construct-only: whether it is about volumes; else about variables
 */
G_DECLARE_FINAL_TYPE (DwPairList, dw_pair_list, DW, PAIR_LIST, AdwPreferencesGroup)

void dw_pair_list_set_base (DwPairList *self, const char *json);

G_END_DECLS
