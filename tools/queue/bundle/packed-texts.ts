import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import { brotliCompressSync, constants } from 'node:zlib';
import type { PackageChange } from './changed-packages.plugin';

/**
 * Modules of packages that hold nothing but long texts, such as the scripts of a store. They are bundled compressed,
 * to a tenth, and unpacked when one is asked for: a start reads and keeps none of the text.
 */
export const PACKED_TEXTS: readonly PackageChange[] = [
  // The commands are needed by each worker on Postgres, the migrations by none.
  bullmq('postgres/sql-scripts.js', 'each'),
  bullmq('scripts/index.js', 'together'),
];

function bullmq(file: string, parts: Parts): PackageChange {
  return {
    package: 'bullmq',
    file: `dist/cjs/${file}`,
    change: (text, path) => {
      // esbuild asks again in each round.
      if (!packedModules.has(path)) packedModules.set(path, packModule(path, parts));
      return packedModules.get(path) ?? text;
    },
  };
}

const packedModules = new Map<string, string | undefined>();

/** Whether the exports of a module are unpacked one by one, or all with the first: these compress better. */
type Parts = 'each' | 'together';

/** Loads the module, and writes one with the same exports. `undefined` if they are more than data. */
export function packModule(path: string, parts: Parts): string | undefined {
  // What a module exports can be anything; it is compared below.
  const exported = createRequire(path)(path) as unknown;
  if (!isRecord(exported)) return undefined;
  const values: Record<string, unknown> = { ...exported };
  if (!isDeepStrictEqual(JSON.parse(JSON.stringify(values)), values)) return undefined;
  const packed =
    parts === 'together'
      ? unpacking(Object.keys(values), '__packed()[name]', pack(values))
      : Object.entries(values).map(([name, value]) => unpacking([name], '__packed()', pack(value)));
  return [
    '"use strict";',
    'const { brotliDecompressSync: __unpack } = require("node:zlib");',
    'Object.defineProperty(exports, "__esModule", { value: true });',
    ...[packed].flat(),
  ].join('\n');
}

function unpacking(names: readonly string[], value: string, packed: string): string {
  return `{
  let __value;
  const __packed = () => (__value ??= JSON.parse(__unpack(Buffer.from("${packed}", "base64")).toString()));
  for (const name of ${JSON.stringify(names)}) Object.defineProperty(exports, name, { enumerable: true, get: () => ${value} });
}`;
}

function pack(value: unknown): string {
  const bytes = Buffer.from(JSON.stringify(value));
  // A higher quality takes several times as long and gains little.
  const params = { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_LGWIN]: 22 };
  return brotliCompressSync(bytes, { params }).toString('base64');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
