-- $1: the day, in UTC.
WITH day AS (
  SELECT $1::timestamp AT TIME ZONE 'UTC' AS first,
         ($1::timestamp + interval '1 day') AT TIME ZONE 'UTC' AS next
)
SELECT (
  SELECT count(*)::int FROM notifications WHERE created_at >= first AND created_at < next
) AS notifications, (
  SELECT count(*)::int FROM images WHERE created_at >= first AND created_at < next
) AS images
FROM day
