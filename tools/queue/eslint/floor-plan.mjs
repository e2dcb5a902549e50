import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** What is for tests belongs to no floor: specs, and `testing` folders that are no room. */
const TESTS = Symbol('for tests');

/** The rooms of one project by floor, from its `floors.json`. */
export class FloorPlan {
  /** The plan of the project that a file is in, if it has one. */
  static of(file) {
    const folder = dirname(file);
    if (!plans.has(folder)) plans.set(folder, FloorPlan.#find(folder));
    return plans.get(folder);
  }

  static #find(folder) {
    if (existsSync(join(folder, 'floors.json'))) return new FloorPlan(folder);
    const parent = dirname(folder);
    if (parent === folder || existsSync(join(folder, 'project.json'))) return undefined;
    return FloorPlan.of(folder);
  }

  /** Where the plan is written down. */
  file;
  #sources;
  /** The floor of each room; the bottom is floor 1. */
  #floors = new Map();
  #packages;

  constructor(project) {
    this.file = join(project, 'floors.json');
    const { sources, floors, packages } = JSON.parse(readFileSync(this.file, 'utf8'));
    this.#sources = join(project, sources);
    floors.forEach((rooms, index) => {
      for (const { room } of rooms) this.#floors.set(room, index + 1);
    });
    this.#packages = new Map(packages.map(({ package: name, rooms }) => [name, rooms]));
  }

  /** A file's path as messages show it. */
  nameOf(file) {
    return relative(this.#sources, file).split(sep).join('/');
  }

  contains(file) {
    return file.startsWith(this.#sources + sep);
  }

  isForTests(file) {
    return this.#place(file) === TESTS;
  }

  /** The room that a file is in: the longest name that its path begins with. */
  roomOf(file) {
    const place = this.#place(file);
    return place === TESTS ? undefined : place;
  }

  floorOf(room) {
    return this.#floors.get(room);
  }

  /** The rooms that may import a package, if not every room may. */
  roomsWith(packageName) {
    return this.#packages.get(packageName);
  }

  #place(file) {
    const name = this.nameOf(file);
    if (/\.spec\.[cm]?ts$/.test(name)) return TESTS;
    const rooms = [...this.#floors.keys()].filter((room) => `${name}/`.startsWith(`${room}/`));
    const room = rooms.reduce((longest, one) => (one.length > longest.length ? one : longest), '');
    const rest = name.slice(room.length);
    return `/${rest}`.includes('/testing/') ? TESTS : room || undefined;
  }
}

/** By folder. A change of `floors.json` counts from the next start of ESLint on. */
const plans = new Map();
