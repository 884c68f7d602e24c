-- Every proxy in which a route of the stage was made and not removed yet: JSON, as
-- [{"proxy": "gateway"}, {"proxy": "npm", "address": "http://localhost:81", "user": "a@b.c"}].
ALTER TABLE stages ADD COLUMN
  route_places TEXT NOT NULL DEFAULT '[]'
  CHECK (json_valid (route_places) AND json_type (route_places) = 'array');

-- What was there before is in the one of the settings.
UPDATE stages
  SET route_places = (
    SELECT CASE
      WHEN proxy_kind IN ('gateway', 'traefik') THEN
        json_array (json_object ('proxy', 'gateway'))
      WHEN proxy_kind IN ('npm', 'caddy') AND proxy_strict THEN
        json_array (json_object ('proxy', 'gateway'),
                    json_object ('proxy', proxy_kind, 'address', proxy_address, 'user', proxy_user))
      WHEN proxy_kind IN ('npm', 'caddy') THEN
        json_array (json_object ('proxy', proxy_kind, 'address', proxy_address, 'user', proxy_user))
      ELSE '[]'
    END
    FROM settings
  )
  WHERE current_instance_id IN (SELECT id FROM instances WHERE route_id IS NOT NULL);
