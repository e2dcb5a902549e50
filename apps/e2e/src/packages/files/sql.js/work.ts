import initSqlJs from 'sql.js';

/** SQLite in WebAssembly, which lies beside the package's code. */
export async function work(): Promise<string> {
  const { Database } = await initSqlJs();
  const database = new Database();
  database.run("create table people (name text); insert into people values ('Ada')");
  const [rows] = database.exec('select * from people');
  database.close();
  return JSON.stringify(rows);
}
