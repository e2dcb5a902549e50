-- $1 and $2: the first and the last day, both included.
WITH period AS (
  SELECT $1::timestamp AS first, $2::timestamp AS last
), sent AS (
  SELECT date_trunc('day', created_at AT TIME ZONE 'UTC') AS day, count(*)::int AS count
  FROM notifications, period
  WHERE created_at >= first AT TIME ZONE 'UTC'
    AND created_at < (last + interval '1 day') AT TIME ZONE 'UTC'
  GROUP BY 1
), uploaded AS (
  SELECT date_trunc('day', created_at AT TIME ZONE 'UTC') AS day, count(*)::int AS count
  FROM images, period
  WHERE created_at >= first AT TIME ZONE 'UTC'
    AND created_at < (last + interval '1 day') AT TIME ZONE 'UTC'
  GROUP BY 1
)
SELECT to_char(days.day, 'YYYY-MM-DD') AS day,
       coalesce(sent.count, 0) AS notifications,
       coalesce(uploaded.count, 0) AS images
FROM period, generate_series(first, last, interval '1 day') AS days(day)
LEFT JOIN sent ON sent.day = days.day
LEFT JOIN uploaded ON uploaded.day = days.day
ORDER BY days.day
