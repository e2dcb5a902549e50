import { type Column, markdownTable } from './table';

interface Row {
  name: string;
  time: number;
}

const columns: Column<Row>[] = [
  { title: 'program', align: 'left', value: ({ name }) => name },
  { title: 'ms', align: 'right', value: ({ time }) => String(time) },
];

describe(markdownTable.name, () => {
  it('is Markdown that is also aligned in a terminal, numbers to the right', () => {
    const rows = [
      { name: 'raw', time: 90 },
      { name: 'worker', time: 1234 },
    ];

    expect(markdownTable(columns, rows)).toBe(
      ['| program |   ms |', '| ------- | ---: |', '| raw     |   90 |', '| worker  | 1234 |'].join(
        '\n',
      ),
    );
  });

  it('escapes a bar inside a cell', () => {
    expect(markdownTable(columns, [{ name: 'a|b', time: 1 }])).toContain('| a\\|b ');
  });
});
