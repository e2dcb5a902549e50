import Database from 'better-sqlite3';

export function work(): string {
  const database = new Database(':memory:');
  try {
    database.exec('create table people (id integer primary key, name text)');
    database.prepare('insert into people (name) values (?)').run('Ada');
    return JSON.stringify(database.prepare('select * from people').all());
  } finally {
    database.close();
  }
}
