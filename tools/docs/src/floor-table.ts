import { readText } from './workspace';

interface Floors {
  readonly floors: readonly (readonly { readonly room: string; readonly purpose: string }[])[];
}

/** The rooms of a project by floor, the top first, from its `floors.json`. */
export function floorTable(project: string): string {
  const { floors } = JSON.parse(readText(`${project}/floors.json`)) as Floors;
  const rows = floors.flatMap((rooms, index) =>
    rooms.map(({ room, purpose }) => `| ${index + 1} | \`${room}\` | ${purpose} |`),
  );
  return ['| floor | room | what is in it |', '| --- | --- | --- |', ...rows.reverse()].join('\n');
}
