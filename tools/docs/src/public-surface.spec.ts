import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { publicSurfaces, type Surface } from './public-surface';

const FILES = {
  'tsconfig.json': `{ "compilerOptions": { "target": "es2022", "module": "esnext", "moduleResolution": "bundler", "strict": true, "lib": ["es2022"] } }`,
  'index.ts': `
    export { Shop } from './shop';
    export type { Order } from './order';
    export { LIMIT, open } from './open';
  `,
  'admin.ts': `export { close } from './close';`,
  'shop.ts': `
    import type { Order } from './order';
    import type { Store } from './store';
    import { priceOf } from './price';
    /** A comment. */
    export class Shop<Item> {
      #secret = 1;
      private readonly items: Item[] = [];
      constructor(private readonly store: Store, readonly name: string) {}
      /** Another one. */
      add(order: Order, item: Item): number { this.items.push(item); return this.#secret; }
      protected price() { return priceOf(this.items.length); }
      private total(): number { return 1; }
    }
  `,
  'order.ts': `export interface Order { readonly id: string; readonly lines: readonly Line[] } export interface Line { amount: number }`,
  'store.ts': `export interface Store { save(): void }`,
  'price.ts': `export interface Price { euros: number } export const priceOf = (count: number): Price => ({ euros: count });`,
  'open.ts': `export const LIMIT = 3; export function open(name: string, wait = LIMIT) { return name.length + wait; }`,
  'close.ts': `import type { Order } from './order'; export function close(order: Order): void { void order; }`,
};

describe('the page of what a library exports', () => {
  let library: string;
  let index: Surface | undefined;
  let admin: Surface | undefined;

  beforeAll(() => {
    library = realpathSync(mkdtempSync(join(tmpdir(), 'surface-')));
    for (const [name, text] of Object.entries(FILES)) {
      mkdirSync(dirname(join(library, name)), { recursive: true });
      writeFileSync(join(library, name), text);
    }
    [index, admin] = publicSurfaces(library, [
      { name: 'shop', file: join(library, 'index.ts') },
      { name: 'shop/admin', file: join(library, 'admin.ts') },
    ]);
  });

  afterAll(() => {
    rmSync(library, { recursive: true, force: true });
  });

  it('has each export with its signature, sorted, without bodies, comments and private members', () => {
    expect(index?.exported.map(inOneLine)).toEqual([
      'const LIMIT = 3;',
      'interface Order { readonly id: string; readonly lines: readonly Line[]; }',
      'class Shop<Item> { readonly name: string; constructor(store: Store, name: string); add(order: Order, item: Item): number; protected price(): Price; }',
      'function open(name: string, wait?: number): number;',
    ]);
  });

  it('has the types that those mention, but not what only a constructor takes', () => {
    expect(index?.mentioned.map(inOneLine)).toEqual([
      'interface Line { amount: number; }',
      'interface Price { euros: number; }',
    ]);
  });

  it('has a type once, where it is exported', () => {
    expect(admin).toEqual({
      name: 'shop/admin',
      exported: ['function close(order: Order): void;'],
      mentioned: [],
    });
  });
});

const inOneLine = (text: string) => text.replace(/\s+/g, ' ');
