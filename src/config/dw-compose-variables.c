/* dw-compose-variables.c: the variables of a compose file, and what they stand for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A variable is what the environment of this program says, or else the file .env beside the compose
 * file. Specification: the Compose Specification, “Interpolation”, and Compose's “Env file syntax”.
 */

#include "config.h"

#include "config/dw-compose-variables.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "config/dw-config-error.h"
#include "model/dw-model-error.h"

/* How deep ${A:-${B:-…}} may go. */
#define DEPTH_LIMIT 16
/* What all texts may become together; a small file must not stand for a large one. */
#define SIZE_LIMIT (16 * 1024 * 1024)
#define NAME_CHARACTERS G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_"

struct _DwComposeVariables
{
  GStrv environment;
  GHashTable *defaults; /* of char * to char * */
  GHashTable *unset;    /* of char *: asked for and not there */
  gsize size;           /* of all that was expanded */
};

/* @environment: (nullable): NAME=VALUE strings, such as g_get_environ() returns */
DwComposeVariables *
dw_compose_variables_new (const char *const *environment)
{
  DwComposeVariables *self = g_new0 (DwComposeVariables, 1);

  self->environment = g_strdupv ((char **) environment);
  self->defaults = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->unset = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  return self;
}

void
dw_compose_variables_free (DwComposeVariables *self)
{
  g_strfreev (self->environment);
  g_hash_table_unref (self->defaults);
  g_hash_table_unref (self->unset);
  g_free (self);
}

/* What holds where the environment says nothing. */
void
dw_compose_variables_add_defaults (DwComposeVariables *self, const char *const *assignments)
{
  for (guint i = 0; assignments[i] != NULL; i++)
    {
      const char *equals = strchr (assignments[i], '=');

      if (equals != NULL)
        g_hash_table_replace (self->defaults,
                              g_strndup (assignments[i], (gsize) (equals - assignments[i])),
                              g_strdup (equals + 1));
    }
}

/* Returns: (nullable) (transfer none): what the variable is */
const char *
dw_compose_variables_find (DwComposeVariables *self, const char *name)
{
  const char *value = g_environ_getenv (self->environment, name);

  /* What is not UTF-8 can stand in no field. */
  if (value != NULL && g_utf8_validate (value, -1, NULL))
    return value;

  return g_hash_table_lookup (self->defaults, name);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

/* Returns: (transfer full): the names of those that were asked for and are not there, sorted */
GStrv
dw_compose_variables_list_unset (DwComposeVariables *self)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, self->unset);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);

  return (GStrv) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

/* --- ${…} --------------------------------------------------------------------------------------
 */

static gboolean
set_invalid (GError **error, const char *text, const char *problem)
{
  g_autofree char *shown = dw_model_quote (text);

  g_set_error (error, DW_CONFIG_ERROR, DW_CONFIG_ERROR_INVALID, "%s: %s", shown, problem);
  return FALSE;
}

/* The brace that closes what is open before @text, past those within. */
static const char *
find_closing_brace (const char *text)
{
  int depth = 1;

  for (const char *c = text; *c != '\0'; c++)
    {
      if (c[0] == '$' && c[1] == '$')
        c++;
      else if (c[0] == '$' && c[1] == '{')
        depth++, c++;
      else if (*c == '}' && --depth == 0)
        return c;
    }

  return NULL;
}

static gboolean
expand (DwComposeVariables *self, const char *text, int depth, GString *result, GError **error);

/* What is between the braces: NAME, and what is to be done without it. */
static gboolean
expand_braces (
    DwComposeVariables *self, const char *inside, int depth, GString *result, GError **error)
{
  gsize length = strspn (inside, NAME_CHARACTERS);
  g_autofree char *name = g_strndup (inside, length);
  const char *rest = inside + length;
  const char *value = dw_compose_variables_find (self, name);
  gboolean wants_text = *rest == ':';
  char kind = wants_text ? rest[1] : *rest;
  const char *word = rest + (wants_text ? 2 : 1);

  if (length == 0 || g_ascii_isdigit (*name) ||
      (*rest != '\0' && (kind == '\0' || strchr ("-?+", kind) == NULL)))
    return set_invalid (error, inside,
                        _ ("this is not a variable; write ${NAME}, ${NAME:-otherwise}, or $$ for a "
                           "dollar sign"));

  gboolean is_set = value != NULL && (!wants_text || *value != '\0');
  if (kind == '+')
    return !is_set || expand (self, word, depth + 1, result, error);
  if (is_set)
    {
      g_string_append (result, value);
      return TRUE;
    }
  if (kind == '-')
    return expand (self, word, depth + 1, result, error);
  if (kind == '?')
    {
      g_autofree char *shown_name = dw_model_quote (name);
      g_autofree char *shown = dw_model_quote (word);

      g_set_error (error, DW_CONFIG_ERROR, DW_CONFIG_ERROR_INVALID,
                   _ ("the variable %s must be set, in the environment or in the file .env: %s"),
                   shown_name, shown);
      return FALSE;
    }

  if (value == NULL)
    g_hash_table_add (self->unset, g_steal_pointer (&name));
  return TRUE;
}

static gboolean
expand (DwComposeVariables *self, const char *text, int depth, GString *result, GError **error)
{
  if (depth > DEPTH_LIMIT)
    return set_invalid (error, text, _ ("the variables are nested too deep"));

  while (*text != '\0')
    {
      gsize length = strcspn (text, "$");

      g_string_append_len (result, text, (gssize) length);
      text += length;
      if (result->len > SIZE_LIMIT)
        break;
      if (text[0] == '\0')
        break;

      if (text[1] == '$')
        {
          g_string_append_c (result, '$');
          text += 2;
        }
      else if (text[1] == '{')
        {
          const char *end = find_closing_brace (text + 2);
          if (end == NULL)
            return set_invalid (error, text, _ ("a brace is not closed"));

          g_autofree char *inside = g_strndup (text + 2, (gsize) (end - text - 2));
          if (!expand_braces (self, inside, depth, result, error))
            return FALSE;
          text = end + 1;
        }
      else
        {
          gsize name_length = g_ascii_isdigit (text[1]) ? 0 : strspn (text + 1, NAME_CHARACTERS);
          g_autofree char *name = g_strndup (text + 1, name_length);

          if (name_length == 0)
            return set_invalid (error, text,
                                _ ("after a dollar sign a variable is expected; write $$ for a "
                                   "dollar sign"));
          if (!expand_braces (self, name, depth, result, error))
            return FALSE;
          text += 1 + name_length;
        }
    }

  return TRUE;
}

/**
 * dw_compose_variables_expand:
 * @self: the variables
 * @text: a text of a compose file
 * @error: DW_CONFIG_ERROR_INVALID, or _TOO_LARGE
 *
 * Returns: (transfer full) (nullable): @text with what its variables stand for
 */
char *
dw_compose_variables_expand (DwComposeVariables *self, const char *text, GError **error)
{
  g_autoptr (GString) result = g_string_new (NULL);

  if (!expand (self, text, 0, result, error))
    return NULL;

  self->size += result->len;
  if (self->size > SIZE_LIMIT)
    {
      g_set_error (error, DW_CONFIG_ERROR, DW_CONFIG_ERROR_TOO_LARGE,
                   _ ("with its variables the file is larger than %d MiB"),
                   SIZE_LIMIT / (1024 * 1024));
      return NULL;
    }

  return g_string_free (g_steal_pointer (&result), FALSE);
}

static DwYamlNode *
expand_scalar (DwComposeVariables *self, DwYamlNode *node, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autofree char *text = NULL;

  if (strchr (dw_yaml_node_get_text (node), '$') == NULL)
    return dw_yaml_node_ref (node);

  text = dw_compose_variables_expand (self, dw_yaml_node_get_text (node), &problem);
  /* What became empty was not left out. */
  if (text != NULL)
    return dw_yaml_node_new_text (text, dw_yaml_node_is_plain (node) && *text != '\0', node);

  g_autofree char *place = dw_yaml_node_describe_place (node);
  g_propagate_prefixed_error (error, g_steal_pointer (&problem), "%s: ", place);
  return NULL;
}

/**
 * dw_compose_variables_expand_tree:
 * @self: the variables
 * @node: a tree
 * @error: as dw_compose_variables_expand(), with the place
 *
 * Returns: (transfer full) (nullable): the tree with every value expanded; keys stay
 */
DwYamlNode *
dw_compose_variables_expand_tree (DwComposeVariables *self, DwYamlNode *node, GError **error)
{
  DwYamlKind kind = dw_yaml_node_get_kind (node);
  g_autoptr (DwYamlNode) result = NULL;

  if (kind == DW_YAML_SCALAR)
    return expand_scalar (self, node, error);

  result = kind == DW_YAML_SEQUENCE ? dw_yaml_node_new_sequence (node)
                                    : dw_yaml_node_new_mapping (node);
  for (guint i = 0; i < dw_yaml_node_get_length (node); i++)
    {
      g_autoptr (DwYamlNode) element = dw_compose_variables_expand_tree (
          self, dw_yaml_node_get_element (node, i), error);

      if (element == NULL)
        return NULL;
      if (kind == DW_YAML_SEQUENCE)
        dw_yaml_node_append (result, element);
      else
        dw_yaml_node_set (result, dw_yaml_node_get_key (node, i), element);
    }

  return g_steal_pointer (&result);
}

/* --- Files of variables ------------------------------------------------------------------------
 */

/* The character that closes a quoted value. */
static const char *
find_closing_quote (const char *text, char quote)
{
  for (const char *c = text; *c != '\0'; c++)
    {
      if (quote == '"' && c[0] == '\\' && c[1] != '\0')
        c++;
      else if (*c == quote)
        return c;
    }

  return NULL;
}

/* Between double quotes: \n, \t, \r, and any other character after a backslash is itself. */
static char *
unescape (const char *text)
{
  static const char letters[] = "nrt";
  static const char characters[] = "\n\r\t";
  g_autoptr (GString) result = g_string_new (NULL);

  for (const char *c = text; *c != '\0'; c++)
    {
      if (c[0] == '\\' && c[1] != '\0')
        {
          const char *letter = strchr (letters, *++c);

          /* A dollar sign that is escaped must still not begin a variable. */
          if (*c == '$')
            g_string_append_c (result, '$');
          g_string_append_c (result, letter != NULL ? characters[letter - letters] : *c);
        }
      else
        {
          g_string_append_c (result, *c);
        }
    }

  return g_string_free (g_steal_pointer (&result), FALSE);
}

/* Takes the value that begins at *@text, and leaves the text after it. */
static char *
take_value (const char **text)
{
  const char *start = *text + strspn (*text, " \t");

  if (*start == '\'' || *start == '"')
    {
      const char *end = find_closing_quote (start + 1, *start);

      if (end != NULL)
        {
          g_autofree char *inside = g_strndup (start + 1, (gsize) (end - start - 1));

          *text = end + strcspn (end, "\n");
          if (*start == '"')
            return unescape (inside);

          /* Between single quotes nothing is a variable. */
          g_auto (GStrv) parts = g_strsplit (inside, "$", -1);
          return g_strjoinv ("$$", parts);
        }
    }

  gsize length = strcspn (start, "\n");
  g_autofree char *line = g_strndup (start, length);
  *text = start + length;

  /* A comment stands after a space. */
  for (char *c = line; *c != '\0'; c++)
    if (*c == '#' && (c == line || c[-1] == ' ' || c[-1] == '\t'))
      {
        *c = '\0';
        break;
      }

  return g_strdup (g_strchomp (line));
}

/**
 * dw_compose_variables_parse_file:
 * @self: the variables that @text may use; they do not become more
 * @text: the content of a file of variables
 * @name: what messages call it
 * @error: DW_CONFIG_ERROR_INVALID or _TOO_LARGE
 *
 * Returns: (transfer full) (nullable): NAME=VALUE strings in the order of the file
 */
GStrv
dw_compose_variables_parse_file (DwComposeVariables *self,
                                 const char *text,
                                 const char *name,
                                 GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (DwComposeVariables) known = dw_compose_variables_new (NULL);
  GHashTableIter iter;
  gpointer key;
  gpointer known_value;
  guint line = 1;

  g_strfreev (known->environment);
  known->environment = g_strdupv (self->environment);
  g_hash_table_iter_init (&iter, self->defaults);
  while (g_hash_table_iter_next (&iter, &key, &known_value))
    g_hash_table_insert (known->defaults, g_strdup (key), g_strdup (known_value));

  if (!g_utf8_validate (text, -1, NULL))
    {
      set_invalid (error, name, _ ("this is not a text in UTF-8"));
      return NULL;
    }

  for (const char *c = text; *c != '\0'; line++)
    {
      const char *start = c;

      c += strspn (c, " \t\r");
      if (g_str_has_prefix (c, "export "))
        c += strlen ("export ");

      gsize length = strcspn (c, "=\n#");
      g_autofree char *variable = g_strstrip (g_strndup (c, length));
      if (*variable == '\0' && c[length] != '=')
        {
          c += strcspn (c, "\n");
        }
      else if (*variable == '\0' || strpbrk (variable, " \t'\"") != NULL)
        {
          g_autofree char *shown = dw_model_quote (name);

          g_set_error (error, DW_CONFIG_ERROR, DW_CONFIG_ERROR_INVALID,
                       _ ("%s, line %u: this is not NAME=VALUE"), shown, line);
          return NULL;
        }
      else if (c[length] != '=')
        {
          /* A name alone is what the environment has. */
          const char *value = dw_compose_variables_find (known, variable);

          if (value != NULL)
            {
              g_autofree char *assignment = g_strconcat (variable, "=", value, NULL);

              g_strv_builder_add (builder, assignment);
            }
          c += strcspn (c, "\n");
        }
      else
        {
          c += length + 1;
          g_autofree char *written = take_value (&c);
          g_autofree char *value = dw_compose_variables_expand (known, written, error);
          if (value == NULL)
            {
              g_autofree char *shown = dw_model_quote (name);

              g_prefix_error (error, _ ("%s, line %u: "), shown, line);
              return NULL;
            }

          g_autofree char *assignment = g_strconcat (variable, "=", value, NULL);
          const char *const alone[] = { assignment, NULL };
          dw_compose_variables_add_defaults (known, alone);
          g_strv_builder_add (builder, assignment);
        }

      for (const char *passed = start; passed < c; passed++)
        line += *passed == '\n';
      if (*c == '\n')
        c++;
    }

  return g_strv_builder_end (builder);
}
