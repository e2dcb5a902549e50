import type { Metafile } from 'esbuild';
import { namePackages } from './name-packages';

const PATH = '../../home/me/shop/node_modules/pg/index.js';

it('a bundle that was made in another folder has the names and the size that it would have in the workspace', () => {
  const text = `var a=c({"${PATH}"(e,m){}});b();`;
  const metafile: Metafile = {
    inputs: {
      'apps/worker/src/main.ts': {
        bytes: 10,
        imports: [{ path: PATH, kind: 'import-statement', original: 'pg' }],
      },
      [PATH]: { bytes: 20, imports: [] },
    },
    outputs: {
      'dist/main.js': {
        bytes: text.length,
        entryPoint: 'apps/worker/src/main.ts',
        exports: [],
        imports: [],
        inputs: { 'apps/worker/src/main.ts': { bytesInOutput: 4 }, [PATH]: { bytesInOutput: 60 } },
      },
    },
  };
  const files = [
    { path: '/tmp/base/dist/main.js', contents: new TextEncoder().encode(text), hash: '' },
  ];

  const named = namePackages({ files, metafile }, '/tmp/base', '/home/me/shop').metafile;

  const added = '../../home/me/shop/'.length;
  expect(named.outputs['dist/main.js']).toMatchObject({
    bytes: text.length - added,
    inputs: {
      'apps/worker/src/main.ts': { bytesInOutput: 4 },
      'node_modules/pg/index.js': { bytesInOutput: 60 - added },
    },
  });
  expect(named.inputs['apps/worker/src/main.ts']?.imports[0]?.path).toBe(
    'node_modules/pg/index.js',
  );
});
