/** Replaces what stands between the two marks of that name. */
export function replaceBlock(page: string, name: string, content: string): string {
  const begin = `<!-- generated: begin ${name} -->`;
  const end = `<!-- generated: end ${name} -->`;
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to < from) {
    throw new Error(`The page has no place for "${name}". Add the lines "${begin}" and "${end}".`);
  }
  return `${page.slice(0, from)}${begin}\n\n${content}\n\n${page.slice(to)}`;
}
