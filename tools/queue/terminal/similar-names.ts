import leven from 'leven';

/** How many names are suggested at most. */
const LIMIT = 3;

/** The known names that may have been meant, the most similar first. */
export function similarNames(name: string, known: Iterable<string>): string[] {
  const wanted = name.toLowerCase();
  return [...new Set(known)]
    .map((candidate) => ({ candidate, distance: distanceOf(wanted, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(2, wanted.length / 3))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, LIMIT)
    .map(({ candidate }) => candidate);
}

/** The question to ask after a message about a name that is not known, with a space before it. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const [meant] = similarNames(name, known);
  return meant === undefined ? '' : ` Did you mean "${meant}"?`;
}

/** A name without its scope or folder counts as near: `core` is near `@nestjs/core`. */
function distanceOf(wanted: string, candidate: string): number {
  if (wanted.length > 2 && candidate.endsWith(`/${wanted}`)) return 1;
  return leven(wanted, candidate);
}
