import { parse } from 'node:path';
import type { PackageChange } from './changed-packages.plugin';

/** A file of TypeORM with the class of one kind of database. It is of no use without one of these packages. */
export interface Driver {
  readonly file: string;
  readonly packages: readonly string[];
  /** The values of `type` in the options of a data source that make TypeORM use it. */
  readonly types: readonly string[];
}

const SQLITE = ['better-sqlite3', 'sqlite3', 'sql.js', 'expo-sqlite'];
const AURORA = ['typeorm-aurora-data-api-driver'];

/** Those for the databases of a phone need a package or a global that is passed in, and are known by their type. */
const DRIVERS: readonly Driver[] = [
  driver('mysql/MysqlDriver', ['mysql', 'mariadb'], ['mysql2', 'mysql']),
  driver('aurora-mysql/AuroraMysqlDriver', ['aurora-mysql'], AURORA),
  driver('aurora-postgres/AuroraPostgresDriver', ['aurora-postgres'], AURORA),
  driver('sqlserver/SqlServerDriver', ['mssql'], ['mssql']),
  driver('oracle/OracleDriver', ['oracle'], ['oracledb']),
  driver('sap/SapDriver', ['sap'], ['@sap/hana-client', 'hdb-pool']),
  driver('spanner/SpannerDriver', ['spanner'], ['@google-cloud/spanner']),
  driver('mongodb/MongoDriver', ['mongodb'], ['mongodb']),
  driver('better-sqlite3/BetterSqlite3Driver', ['better-sqlite3'], SQLITE),
  driver('sqljs/SqljsDriver', ['sqljs'], SQLITE),
  driver('expo/ExpoDriver', ['expo'], SQLITE),
  driver('react-native/ReactNativeDriver', ['react-native'], ['react-native-sqlite-storage']),
  driver('capacitor/CapacitorDriver', ['capacitor'], ['@capacitor-community/sqlite']),
  driver('cordova/CordovaDriver', ['cordova'], ['cordova-sqlite-storage']),
  driver('nativescript/NativescriptDriver', ['nativescript'], ['nativescript-sqlite']),
];

function driver(name: string, types: string[], packages: string[]): Driver {
  return { file: `driver/${name}.js`, types, packages };
}

/**
 * TypeORM imports the drivers of all databases that it knows: half of its code. Of those that nothing can use, the
 * bundle has a class that says so when it is made.
 *
 * @param isUsed whether a driver is needed; asked when its file is loaded
 */
export function unusedDrivers(isUsed: (driver: Driver) => boolean): PackageChange[] {
  return DRIVERS.map((found) => ({
    package: 'typeorm',
    file: found.file,
    change: (text) => (isUsed(found) ? text : missingDriver(found)),
  }));
}

/**
 * The files of the drivers that these sources may use without an import of their package: one can be passed to
 * TypeORM.
 */
export function mentionedDrivers(sources: Iterable<string>): Set<string> {
  const files = new Set<string>();
  for (const text of sources) {
    for (const [, , type = '', name] of text.matchAll(MENTION)) {
      for (const { file, types } of DRIVERS) {
        if (types.includes(type) || parse(file).name === name) files.add(file);
      }
    }
  }
  return files;
}

const MENTION = new RegExp(
  String.raw`(['"\`])(${DRIVERS.flatMap(({ types }) => types).join('|')})\1|\b(${DRIVERS.map(({ file }) => parse(file).name).join('|')})\b`,
  'g',
);

function missingDriver({ file, types, packages }: Driver): string {
  const { name } = parse(file);
  const message =
    `Cannot find module '${packages[0]}': the bundle leaves out TypeORM's driver for ${types.join(' and ')}, because no ` +
    `file of the application imports ${packages.join(' or ')}. Install and import it, or list it in "include" of the ` +
    'build options.';
  return `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.${name} = class ${name} {
  constructor() {
    throw Object.assign(new Error(${JSON.stringify(message)}), { code: 'MODULE_NOT_FOUND' });
  }
};
`;
}
