/** A statement as a trace shows it. */
export interface ShownSql {
  /** Its first word, such as `INSERT`. */
  readonly operation: string;
  /** What it does, for the name of its span: `INSERT notification`, `SELECT add_job`, `BEGIN`. */
  readonly summary: string;
  /** Undefined if it is not certain that it holds no data. */
  readonly text: string | undefined;
}

/** Statements that others are sent together with. */
const AROUND = /^(?:SAVEPOINT|RELEASE|ROLLBACK TO|SET|SELECT (?:pg_catalog\.)?set_config)\b/i;

/** The first word, or what a WITH is for. */
const OPERATION = /^\W*(?:WITH\b.*?\b(?=INSERT|UPDATE|DELETE|MERGE))?([a-z]+)/is;

/** A table, or the function that a SELECT calls. */
const TARGET = /\b(?:INTO|UPDATE|FROM)\s+((?:"[^"]+"|[\w.])+)|\bSELECT\s+(\w+)\(/i;

/** @param hasParameters whether its data is beside its text, and not in it */
export function showSql(text: string, hasParameters: boolean): ShownSql {
  const shown = hasParameters ? text : withoutLiterals(text);
  // Without the certainty that the rest is no data, the first word.
  const bare = (shown ?? text.trim().slice(0, 20)).replace(/--[^\n]*|\/\*.*?\*\//gs, '').trim();
  const statements = bare.split(';').map((statement) => statement.trim());
  const statement = statements.find((each) => each !== '' && !AROUND.test(each)) ?? bare;
  const operation = (OPERATION.exec(statement)?.[1] ?? 'SQL').toUpperCase();
  const [, relation, call] = (shown && TARGET.exec(statement)) || [];
  const target = (relation ?? call)?.replaceAll('"', '');
  return {
    operation,
    summary: target === undefined ? operation : `${operation} ${target}`,
    text: shown,
  };
}

/** Comments, names in quotes, and literals: strings of each form, and numbers. */
const PARTS =
  /--[^\n]*|\/\*.*?\*\/|"[^"]*"|\bE'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|\$([A-Za-z_]\w*)?\$.*?\$\1\$|(?<![\w$])\d+(?:\.\d+)?\b/gis;

/** Undefined if it is not certain where its literals end. */
function withoutLiterals(text: string): string | undefined {
  const shown = text.replace(PARTS, (part) => (/^(?:--|\/\*|")/.test(part) ? part : '?'));
  return /['\\]/.test(shown) ? undefined : shown;
}
