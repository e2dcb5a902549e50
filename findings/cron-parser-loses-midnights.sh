#!/bin/sh
# cron-parser 5.10.3, the one of bullmq 6.7.0: a daily run is lost on the day whose midnight the clocks skip.
#
# Where clocks are put forward at 02:00, a run at 02:30 is made at 03:30 that day, as most schedulers do. Where they
# are put forward at 00:00, a run at 00:00 or 00:30 is not moved: the day has none. The same happens to a run at 02:15
# where they are put forward by half an hour.
#
# Who meets it: daily jobs at midnight in zones such as Africa/Cairo (each April), America/Sao_Paulo (until 2018),
# America/Asuncion, Asia/Beirut; Australia/Lord_Howe. What helps: times that no zone skips, such as 04:30, or UTC.
#
# Exits 0 if it is still so, and 1 if it has changed. The dates of zones are those of Node's ICU.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund --save-exact cron-parser@5.10.3

cat >main.mjs <<'JS'
import { CronExpressionParser } from 'cron-parser';

function show(expression, tz, from) {
  const runs = CronExpressionParser.parse(expression, { currentDate: new Date(from), tz });
  const local = new Intl.DateTimeFormat('sv-SE', { timeZone: tz, dateStyle: 'short', timeStyle: 'short' });
  console.log(`${tz}, "${expression}": ${local.format(runs.next().toDate())}, ${local.format(runs.next().toDate())}`);
}

show('30 2 * * *', 'Europe/Berlin', '2027-03-27T12:00:00Z');
show('0 0 * * *', 'America/Sao_Paulo', '2018-11-03T12:00:00Z');
show('30 0 * * *', 'Africa/Cairo', '2027-04-29T12:00:00Z');
show('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T03:00:00Z');
JS
output=$(node main.mjs)
echo "cron-parser 5.10.3, node $(node --version), time zones $(node -p process.versions.tz)"
echo "$output"

# The clocks are put forward on 2027-03-28, 2018-11-04, 2027-04-30 and 2026-10-04.
[ "$output" = 'Europe/Berlin, "30 2 * * *": 2027-03-28 03:30, 2027-03-29 02:30
America/Sao_Paulo, "0 0 * * *": 2018-11-05 00:00, 2018-11-06 00:00
Africa/Cairo, "30 0 * * *": 2027-05-01 00:30, 2027-05-02 00:30
Australia/Lord_Howe, "15 2 * * *": 2026-10-05 02:15, 2026-10-06 02:15' ]
