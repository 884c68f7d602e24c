/* dw-page.c: what the pages of the window have in common
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A header with a title and a way back, the engine's banner, and a body. The title is not
 * libadwaita's, which keeps room for some letters: with large text that is more than a narrow
 * window has. A page is made when it is first shown, and stays; one that is about a single thing is
 * told about which by :item-id.
 */

#include "config.h"

#include "ui/dw-page.h"

#include "ui/dw-engine-banner.h"

typedef struct
{
  DwSession *session;
  char *title;
  char *subtitle;
  char *item_id;
  gboolean is_narrow;
  gboolean has_back;

  GtkWidget *root;
  AdwHeaderBar *header;
  AdwBin *body;
} DwPagePrivate;

enum
{
  PROP_SESSION = 1,
  PROP_TITLE,
  PROP_SUBTITLE,
  PROP_ITEM_ID,
  PROP_NARROW,
  PROP_HAS_BACK,
  N_PROPERTIES,
};

enum
{
  SIGNAL_LEAVE,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];
static GtkBuildableIface *parent_buildable;

static void buildable_init (GtkBuildableIface *interface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (DwPage,
                                  dw_page,
                                  GTK_TYPE_WIDGET,
                                  G_ADD_PRIVATE (DwPage)
                                      G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE, buildable_init))

static DwPagePrivate *
get_private (DwPage *self)
{
  return dw_page_get_instance_private (self);
}

/* The page's own template comes first; what comes after it are a subclass's children. */
static void
dw_page_add_child (GtkBuildable *buildable, GtkBuilder *builder, GObject *child, const char *type)
{
  DwPagePrivate *priv = get_private (DW_PAGE (buildable));

  if (priv->body == NULL || !GTK_IS_WIDGET (child))
    parent_buildable->add_child (buildable, builder, child, type);
  else if (g_strcmp0 (type, "start") == 0)
    adw_header_bar_pack_start (priv->header, GTK_WIDGET (child));
  else if (g_strcmp0 (type, "end") == 0)
    adw_header_bar_pack_end (priv->header, GTK_WIDGET (child));
  else
    adw_bin_set_child (priv->body, GTK_WIDGET (child));
}

static void
buildable_init (GtkBuildableIface *interface)
{
  parent_buildable = g_type_interface_peek_parent (interface);
  interface->add_child = dw_page_add_child;
}

static void
dw_page_dispose (GObject *object)
{
  DwPagePrivate *priv = get_private (DW_PAGE (object));

  g_clear_pointer (&priv->root, gtk_widget_unparent);
  g_clear_object (&priv->session);

  G_OBJECT_CLASS (dw_page_parent_class)->dispose (object);
}

static void
dw_page_finalize (GObject *object)
{
  DwPagePrivate *priv = get_private (DW_PAGE (object));

  g_free (priv->title);
  g_free (priv->subtitle);
  g_free (priv->item_id);

  G_OBJECT_CLASS (dw_page_parent_class)->finalize (object);
}

static void
dw_page_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwPagePrivate *priv = get_private (DW_PAGE (object));

  switch (property_id)
    {
    case PROP_SESSION:
      g_value_set_object (value, priv->session);
      break;
    case PROP_TITLE:
      g_value_set_string (value, priv->title);
      break;
    case PROP_SUBTITLE:
      g_value_set_string (value, priv->subtitle);
      break;
    case PROP_ITEM_ID:
      g_value_set_string (value, priv->item_id);
      break;
    case PROP_NARROW:
      g_value_set_boolean (value, priv->is_narrow);
      break;
    case PROP_HAS_BACK:
      g_value_set_boolean (value, priv->has_back);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
set_text (DwPage *self, char **text, const char *value, guint property_id)
{
  if (g_strcmp0 (*text, value) == 0)
    return;

  g_free (*text);
  *text = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[property_id]);
}

static void
set_flag (DwPage *self, gboolean *flag, gboolean value, guint property_id)
{
  if (*flag == value)
    return;

  *flag = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property_id]);
}

static void
dw_page_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  DwPage *self = DW_PAGE (object);
  DwPagePrivate *priv = get_private (self);

  switch (property_id)
    {
    case PROP_SESSION:
      priv->session = g_value_dup_object (value);
      break;
    case PROP_TITLE:
      dw_page_set_title (self, g_value_get_string (value));
      break;
    case PROP_SUBTITLE:
      dw_page_set_subtitle (self, g_value_get_string (value));
      break;
    case PROP_ITEM_ID:
      dw_page_set_item_id (self, g_value_get_string (value));
      break;
    case PROP_NARROW:
      set_flag (self, &priv->is_narrow, g_value_get_boolean (value), PROP_NARROW);
      break;
    case PROP_HAS_BACK:
      set_flag (self, &priv->has_back, g_value_get_boolean (value), PROP_HAS_BACK);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static gboolean
has_text (DwPage *self, const char *text)
{
  return text != NULL && *text != '\0';
}

static void
dw_page_class_init (DwPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = dw_page_dispose;
  object_class->finalize = dw_page_finalize;
  object_class->get_property = dw_page_get_property;
  object_class->set_property = dw_page_set_property;

  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, DW_TYPE_SESSION,
                                                  G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY |
                                                      G_PARAM_STATIC_STRINGS);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL, flags);
  properties[PROP_ITEM_ID] = g_param_spec_string ("item-id", NULL, NULL, NULL, flags);
  properties[PROP_NARROW] = g_param_spec_boolean ("narrow", NULL, NULL, FALSE, flags);
  properties[PROP_HAS_BACK] = g_param_spec_boolean ("has-back", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  signals[SIGNAL_LEAVE] = g_signal_new ("leave", DW_TYPE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 0);

  g_type_ensure (DW_TYPE_ENGINE_BANNER);
  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-page.ui");
  gtk_widget_class_bind_template_callback (widget_class, has_text);
  gtk_widget_class_bind_template_child_private (widget_class, DwPage, root);
  gtk_widget_class_bind_template_child_private (widget_class, DwPage, header);
  gtk_widget_class_bind_template_child_private (widget_class, DwPage, body);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
dw_page_init (DwPage *self)
{
  DwPagePrivate *priv = get_private (self);

  /* By its own type: a subclass has a template too. */
  gtk_widget_init_template (GTK_WIDGET (self));
#if ADW_CHECK_VERSION(1, 4, 0)
  /* The page has its own, which knows the way through pages as well. */
  adw_header_bar_set_show_back_button (priv->header, FALSE);
#else
  (void) priv;
#endif
}

/* Returns: (transfer none): what the page works with */
DwSession *
dw_page_get_session (DwPage *self)
{
  g_return_val_if_fail (DW_IS_PAGE (self), NULL);

  return get_private (self)->session;
}

/* Returns: (nullable): the id of the thing that the page is about */
const char *
dw_page_get_item_id (DwPage *self)
{
  g_return_val_if_fail (DW_IS_PAGE (self), NULL);

  return get_private (self)->item_id;
}

/**
 * dw_page_set_item_id:
 * @self: a page
 * @item_id: (nullable): the id of the thing that the page is to be about
 */
void
dw_page_set_item_id (DwPage *self, const char *item_id)
{
  DwPagePrivate *priv = get_private (self);

  g_return_if_fail (DW_IS_PAGE (self));

  if (g_strcmp0 (priv->item_id, item_id) == 0)
    return;

  g_free (priv->item_id);
  priv->item_id = g_strdup (item_id);
  if (DW_PAGE_GET_CLASS (self)->show_item != NULL)
    DW_PAGE_GET_CLASS (self)->show_item (self, priv->item_id);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ITEM_ID]);
}

/* Returns: whether there is room for little more than a phone's width */
gboolean
dw_page_get_narrow (DwPage *self)
{
  g_return_val_if_fail (DW_IS_PAGE (self), FALSE);

  return get_private (self)->is_narrow;
}

/* Returns: (nullable): what the header says */
const char *
dw_page_get_title (DwPage *self)
{
  g_return_val_if_fail (DW_IS_PAGE (self), NULL);

  return get_private (self)->title;
}

/* @title: (nullable): what the header says */
void
dw_page_set_title (DwPage *self, const char *title)
{
  g_return_if_fail (DW_IS_PAGE (self));

  set_text (self, &get_private (self)->title, title, PROP_TITLE);
}

/* @subtitle: (nullable): what the header says below its title */
void
dw_page_set_subtitle (DwPage *self, const char *subtitle)
{
  g_return_if_fail (DW_IS_PAGE (self));

  set_text (self, &get_private (self)->subtitle, subtitle, PROP_SUBTITLE);
}

/* Shows the page's search bar, where it has one. */
void
dw_page_start_search (DwPage *self)
{
  g_return_if_fail (DW_IS_PAGE (self));

  if (DW_PAGE_GET_CLASS (self)->start_search != NULL)
    DW_PAGE_GET_CLASS (self)->start_search (self);
}

/* Shows what the page finds for a text, where it can be searched for one. */
void
dw_page_search_for (DwPage *self, const char *text)
{
  g_return_if_fail (DW_IS_PAGE (self));

  if (DW_PAGE_GET_CLASS (self)->search_for != NULL)
    DW_PAGE_GET_CLASS (self)->search_for (self, text);
}

/* Asks the window to go back, because what the page was about is gone. */
void
dw_page_leave (DwPage *self)
{
  g_return_if_fail (DW_IS_PAGE (self));

  g_signal_emit (self, signals[SIGNAL_LEAVE], 0);
}
