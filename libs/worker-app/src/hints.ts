/** Commands to show in errors, for this workspace or for a deployed application. */
export const hints = {
  start: 'in the workspace: `npx nx run services:up`',
  migrate:
    '`npx nx run api:migrate` in the workspace, or `node migrate.js` in the folder of the built api',
  connections:
    'Lower DATABASE_POOL_MAX, DATABASE_REPORTS_POOL_MAX, QUEUE_POOL_MAX, SANDBOX_POOL_MAX or REPLICAS, raise max_connections of the server, set CONNECTION_LIMIT for a pooler, ' +
    'or CONNECTION_BUDGET=warn to start all the same.',
};
