/* dw-registry-choice.h: the registry that an image is in
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define DW_TYPE_REGISTRY_CHOICE (dw_registry_choice_get_type ())

/* A DwField: one of the registries, or the one that the image's name says. */
G_DECLARE_FINAL_TYPE (DwRegistryChoice, dw_registry_choice, DW, REGISTRY_CHOICE, AdwComboRow)

void dw_registry_choice_set_registries (DwRegistryChoice *self, GListModel *registries);

G_END_DECLS
