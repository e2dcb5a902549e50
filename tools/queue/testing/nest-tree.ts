import { addProjectConfiguration, type Tree, updateJson, writeJson } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';

/**
 * A workspace in memory as `create-nx-workspace --preset=nest` makes it: import paths in tsconfig.base.json, an api, and
 * neither a worker nor the runtime.
 */
export function nestTree({ nest = '^11.0.0', apps = ['api'] } = {}): Tree {
  const tree = createTreeWithEmptyWorkspace({ formatter: 'prettier' });
  tree.write('nx.json', NX_JSON);
  tree.write('tsconfig.base.json', '{ "compilerOptions": { "strict": false, "paths": {} } }\n');
  tree.write('eslint.config.mjs', ESLINT);
  writeJson(tree, 'package.json', {
    name: '@acme/source',
    dependencies: { '@nestjs/common': nest, 'reflect-metadata': '^0.2.0' },
    devDependencies: { '@nestjs/testing': nest },
  });
  for (const name of apps) {
    const root = `apps/${name}`;
    addProjectConfiguration(tree, name, {
      root,
      sourceRoot: `${root}/src`,
      projectType: 'application',
      tags: ['scope:shop'],
    });
    tree.write(`${root}/src/main.ts`, MAIN);
    tree.write(`${root}/src/app/app.module.ts`, MODULE);
    tree.write(`${root}/jest.config.cts`, jestConfig(name));
    tree.write(`${root}/tsconfig.spec.json`, SPEC_SETTINGS);
  }
  return tree;
}

/**
 * The same where projects are packages, as `create-nx-workspace --preset=ts` and `nx g @nx/nest:app packages/api` make it.
 */
export function packagesTree(): Tree {
  const tree = nestTree({ apps: [] });
  writeJson(tree, 'tsconfig.base.json', {
    compilerOptions: { composite: true, customConditions: ['@acme/source'] },
  });
  writeJson(tree, 'tsconfig.json', {
    extends: './tsconfig.base.json',
    files: [],
    references: [{ path: './packages/api' }],
  });
  updateJson(tree, 'package.json', (manifest: object) => ({
    ...manifest,
    workspaces: ['packages/*'],
  }));
  const root = 'packages/api';
  writeJson(tree, `${root}/package.json`, { name: '@acme/api', private: true, nx: {} });
  writeJson(tree, `${root}/tsconfig.app.json`, { include: ['src/**/*.ts'] });
  writeJson(tree, `${root}/.spec.swcrc`, { jsc: { target: 'es2017' } });
  tree.write(`${root}/tsconfig.spec.json`, SPEC_SETTINGS);
  tree.write(`${root}/jest.config.cts`, "module.exports = { displayName: '@acme/api' };\n");
  tree.write(`${root}/src/main.ts`, MAIN);
  tree.write(`${root}/src/app/app.module.ts`, MODULE);
  return tree;
}

const NX_JSON = `{
  // Ours.
  "namedInputs": { "default": ["{projectRoot}/**/*"], "production": ["default"] },
  "plugins": [{ "plugin": "@nx/webpack/plugin", "options": { "buildTargetName": "build" } }]
}
`;

const ESLINT = `import nx from "@nx/eslint-plugin";

export default [
    ...nx.configs["flat/base"],
    {
        ignores: ["**/dist"]
    }
];
`;

const MAIN = `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app/app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(3000);
}

bootstrap();
`;

const MODULE = `import { Module } from '@nestjs/common';
import { AppController } from './app.controller';

@Module({
  imports: [],
  controllers: [AppController],
})
export class AppModule {}
`;

function jestConfig(name: string): string {
  return `module.exports = {
  displayName: '${name}',
  preset: '../../jest.preset.js',
  coverageDirectory: '../../coverage/apps/${name}'
};
`;
}

const SPEC_SETTINGS = `{
  "extends": "./tsconfig.json",
  "compilerOptions": { "module": "commonjs", "types": ["jest", "node"] },
  "references": [{ "path": "./tsconfig.app.json" }]
}
`;
