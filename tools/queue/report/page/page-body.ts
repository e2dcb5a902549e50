import type { BundleGroup, BundleMap, BundlePart } from '../../measure/bundle-map';
import { countOf } from '../../guard/describe-allowed';
import { formatBytes } from '../../terminal/format-bytes';
import { escapeHtml } from './escape-html';
import { partsTable } from './parts-table';

type Colors = Record<string, string>;

/** What can be read without the script: everything but the map itself. */
export function pageBody(map: BundleMap, colors: Colors): string {
  return `<main>
      ${header(map)} ${legend(map, colors)}
      <section aria-label="Map of the bundle">
        <div class="toolbar">
          <nav aria-label="Position in the map"><ol id="path"></ol></nav>
          <div class="tools">
            ${externalSwitch(map)}
            <input
              id="search"
              type="search"
              placeholder="Find a package or file"
              aria-label="Find a package or file"
              autocomplete="off"
              spellcheck="false"
            />
          </div>
        </div>
        <div
          id="map"
          role="group"
          aria-label="Map. Arrow keys move, Enter opens, Escape goes back."
        ></div>
        <div class="below">
          <p id="said" role="status"></p>
          <p class="hint">
            <span>Darker: code of this workspace</span><span><kbd>↵</kbd> or click opens</span><span><kbd>Esc</kbd> goes back</span><span><kbd>/</kbd> finds</span>
          </p>
        </div>
        <noscript><p>The map needs JavaScript. The table below does not.</p></noscript>
      </section>
      <section>
        <h2>${map.parts.some(isProcessor) ? 'By processor' : 'By entry'}</h2>
        <p class="lead">
          ${
            map.parts.some(isProcessor)
              ? 'A process loads the start code, and then only what its selected processors need. Select one to see it in the map.'
              : 'Each entry is a separate program. Select one to see in the map what it loads.'
          }
        </p>
        ${partsTable(map)}
      </section>
      ${leftOut(map)}
    </main>
    <div id="tooltip" class="tooltip" hidden></div>`;
}

function isProcessor({ kind }: BundlePart): boolean {
  return kind === 'processor';
}

function header({ project, bytes, files, parts, external }: BundleMap): string {
  const processors = parts.filter(isProcessor);
  const smallest = Math.min(...processors.map(({ loads }) => loads));
  const largest = Math.max(...processors.map(({ loads }) => loads));
  const figures: [string, string][] = [
    [formatBytes(bytes), `JavaScript in ${files} files`],
    ...(processors.length > 0
      ? [
          [
            smallest === largest
              ? formatBytes(smallest)
              : `${formatBytes(smallest)} – ${formatBytes(largest)}`,
            'loaded with one processor selected',
          ] as [string, string],
        ]
      : []),
    ...(external.length > 0
      ? [
          [
            formatBytes(sumOf(external)),
            `installed beside it: ${external.map(({ name }) => name).join(', ')}`,
          ] as [string, string],
        ]
      : []),
  ];
  return `<header>
    <div>
      <p class="overline">Bundle</p>
      <h1>${escapeHtml(project)}</h1>
    </div>
    <dl class="figures">
      ${figures
        .map(
          ([figure, what]) =>
            `<div><dt>${escapeHtml(what)}</dt><dd>${escapeHtml(figure)}</dd></div>`,
        )
        .join('')}
    </dl>
  </header>`;
}

/** A bar of the whole bundle, with an entry a group; both open the group in the map. */
function legend({ groups, bytes, external }: BundleMap, colors: Colors): string {
  let start = 0;
  const bars = groups.map((group) => {
    const width = (group.bytes / bytes) * 100;
    const bar = `<rect class="hue-${colors[group.id] ?? ''}" x="${start.toFixed(3)}%" width="${Math.max(width, 0.15).toFixed(3)}%" height="100%"/>`;
    start += width;
    return bar;
  });
  const entries = groups.map((group) => legendEntry(group, colors));
  if (external.length > 0) {
    entries.push(
      `<li><button type="button" class="hue-stone is-hatched" data-group="external" hidden><i></i>Beside the bundle <span class="bytes">${formatBytes(sumOf(external))}</span></button></li>`,
    );
  }
  return `<svg class="whole" aria-hidden="true">${bars.join('')}</svg>
    <ul class="legend" aria-label="Groups">
      ${entries.join('')}
    </ul>`;
}

function legendEntry({ id, label, bytes }: BundleGroup, colors: Colors): string {
  return `<li><button type="button" class="hue-${colors[id] ?? ''}" data-group="${escapeHtml(id)}"><i></i>${escapeHtml(label)} <span class="bytes">${formatBytes(bytes)}</span></button></li>`;
}

function externalSwitch({ external }: BundleMap): string {
  if (external.length === 0) return '';
  return `<label class="switch"><input id="external" type="checkbox" role="switch"> Packages beside the bundle</label>`;
}

function leftOut({
  project,
  leftOut: { projects, packages },
  optional,
  allowed: entries,
}: BundleMap): string {
  const allowed = [
    ...projects.map((name) => `<li><b>${escapeHtml(name)}</b> <span>project</span></li>`),
    ...packages.map(
      ({ name, usedBy }) =>
        `<li><b>${escapeHtml(name)}</b> <span>used by ${escapeHtml(usedBy.join(', '))}</span></li>`,
    ),
  ];
  const absent = optional.map(
    ({ name, requiredBy }) =>
      `<li><b>${escapeHtml(name)}</b> <span>optional for ${escapeHtml(requiredBy)}</span></li>`,
  );
  const forNow = entries.map(
    ({ rule, paths, files, reason, until }) =>
      `<li><b>${escapeHtml(paths.join(', '))}</b> <span>${rule}, ${countOf(files.length)}, until ${until}: ${escapeHtml(reason)}</span></li>`,
  );
  return `<section class="details">
    ${details(
      'Allowed for now',
      'Files that break a rule of the bundle guard, which the option "allow" of the build lets pass until the given day.',
      forNow,
    )}
    ${details(
      'Allowed by the project graph, but not in the bundle',
      `${escapeHtml(project)} depends on these, directly or through a project that uses them, for example in its tests. No code that ships needs them, so the bundle leaves them out.`,
      allowed,
    )}
    ${details(
      'Optional packages that are left out',
      'A bundled package uses these if they are installed, and works without them.',
      absent,
    )}
  </section>`;
}

function details(title: string, explanation: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  return `<details><summary>${title} <span class="count">${items.length}</span></summary><p class="lead">${explanation}</p><ul>${items.join('')}</ul></details>`;
}

function sumOf(counted: readonly { bytes: number }[]): number {
  return counted.reduce((sum, { bytes }) => sum + bytes, 0);
}
