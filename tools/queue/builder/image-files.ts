import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { detectPackageManager, getPackageManagerVersion } from '@nx/devkit';
import type { ImageOptions } from '../bundle/build-options';
import { BuildOptionsError } from '../bundle/bundle-settings';

/** The image that an application is installed in and runs on, unless `--build-arg NODE_IMAGE` names another. */
const NODE_IMAGE = 'node:24-slim';

/** The user `node` of Node's images, by number: Kubernetes cannot tell from a name that a user is not root. */
const USER = '1000:1000';

/** The lines that install what a built folder lists, by package manager. The images of Node.js have npm, and no other. */
const INSTALL: Partial<Record<string, (workspaceRoot: string) => string>> = {
  npm: () => `COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund`,
  pnpm: (
    root,
  ) => `RUN npm install --global --no-audit --no-fund pnpm@${getPackageManagerVersion('pnpm', root)}
# The second one has which packages may run a script; pnpm 10 reads that in package.json.
COPY package.json pnpm-lock.yaml pnpm-workspace.yam[l] ./
RUN pnpm install --prod --frozen-lockfile`,
};

/**
 * The files that make an image of a built folder: `docker build dist/apps/worker`. By file name. A Dockerfile of the
 * application takes the place of the one written here.
 *
 * @throws BuildOptionsError if the workspace uses another package manager than npm or pnpm, and the application has no Dockerfile
 */
export function imageFiles(
  workspaceRoot: string,
  project: { name: string; root: string },
  { port, portVariable }: ImageOptions,
): Record<string, string> {
  const own = join(workspaceRoot, project.root, 'Dockerfile');
  const ignored = { '.dockerignore': 'node_modules\nDockerfile\n' };
  if (existsSync(own)) return { ...ignored, Dockerfile: readFileSync(own, 'utf8') };
  const packageManager = detectPackageManager(workspaceRoot);
  const install = INSTALL[packageManager]?.(workspaceRoot);
  if (install === undefined) {
    throw new BuildOptionsError(
      project.name,
      `"image" is set, and there is no template of a Dockerfile for ${packageManager}`,
      `Write ${project.root}/Dockerfile, which every build copies, or take "image" out of the options.`,
    );
  }
  const check =
    `fetch('http://127.0.0.1:' + (process.env.${portVariable} || ${port}) + '/health/live')` +
    '.then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))';
  return {
    ...ignored,
    Dockerfile: `# Written by the build of "${project.name}"; ${project.root}/Dockerfile takes its place if there is one.
# In this folder: docker build -t ${project.name} .
# Another base: --build-arg NODE_IMAGE=${NODE_IMAGE}@sha256:…
ARG NODE_IMAGE=${NODE_IMAGE}

FROM \${NODE_IMAGE} AS packages
WORKDIR /app
${install}

# Runs without a shell, a home and a writable file: docker run --read-only --cap-drop=ALL.
FROM \${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/ ./
COPY . ./
USER ${USER}
EXPOSE ${port}
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ${JSON.stringify(['node', '-e', check])}
CMD ["node", "--enable-source-maps", "main.js"]
`,
  };
}
