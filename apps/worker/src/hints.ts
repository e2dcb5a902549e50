/** What a person runs in this workspace, or where an application is deployed; shown in errors. */
export const hints = {
  start: 'in the workspace: `npx nx run services:up`',
  migrate:
    '`npx nx run api:migrate` in the workspace, or `node migrate.js` in the folder of the built api',
};
