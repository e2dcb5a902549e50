import { showSql } from './sql-summary';

describe('a statement in a trace', () => {
  it.each([
    ['INSERT INTO "notification" ("to") VALUES ($1)', 'INSERT notification'],
    ['-- Adds.\nSELECT add_job($1, $2) AS id', 'SELECT add_job'],
    ['UPDATE bullmq.job SET x = $1', 'UPDATE bullmq.job'],
    ['SELECT "a"."b" FROM "public"."image" "a" WHERE "a"."id" = $1', 'SELECT public.image'],
    ['SAVEPOINT s; SELECT set_config($1); DELETE FROM note; RELEASE s', 'DELETE note'],
    ['START TRANSACTION', 'START'],
    ['WITH a AS (INSERT INTO b.c (d) SELECT $1) SELECT pg_notify($2)', 'INSERT b.c'],
    ['WITH a AS (SELECT 1) SELECT * FROM a', 'WITH a'],
  ])('is named by what it does: %s', (text, summary) => {
    expect(showSql(text, true)).toMatchObject({ summary, text });
  });

  it('shows no data that is written into it', () => {
    const text = "INSERT INTO note VALUES ('it''s; DELETE FROM x', 4711, -1.5)";
    expect(showSql(text, false)).toEqual({
      operation: 'INSERT',
      summary: 'INSERT note',
      text: 'INSERT INTO note VALUES (?, ?, -?)',
    });
  });

  it.each([
    "INSERT INTO note VALUES (E'a\\' secret')",
    'INSERT INTO note VALUES ($x$ it is secret $x$)',
    'INSERT INTO note VALUES (\'{"a\\\\":"secret"}\')',
  ])('shows none whatever its quotes: %s', (text) => {
    expect(showSql(text, false).text).toBe('INSERT INTO note VALUES (?)');
  });

  it("has no text if it is not certain where its data ends: SELECT 'secret", () => {
    const operation = 'SELECT';
    expect(showSql("SELECT 'secret FROM x", false)).toEqual({
      operation,
      summary: operation,
      text: undefined,
    });
  });
});
