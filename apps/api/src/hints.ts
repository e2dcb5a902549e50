/** Commands to show in errors, for this workspace or for a deployed application. */
export const hints = {
  start: 'in the workspace: `npx nx run services:up`',
  migrate:
    '`npx nx run api:migrate` in the workspace, or `node migrate.js` in the folder of the built api',
};
