import pg from 'pg';
import { DataSource, type EntityManager } from 'typeorm';
import { DATA, POOL_MAX } from './program';

/** A database with the table that the rows of the benchmark go to, emptied. */
export async function openRowDatabase(url: string): Promise<DataSource> {
  const database = new DataSource({ type: 'postgres', driver: pg, url, poolSize: POOL_MAX });
  await database.initialize();
  await database.query(
    'create table if not exists throughput_row (id bigserial primary key, text text)',
  );
  await database.query('truncate throughput_row');
  return database;
}

/** Writes one row in the transaction of this manager. */
export function insertRow(manager: EntityManager): Promise<unknown> {
  return manager.query('insert into throughput_row (text) values ($1)', [DATA.text]);
}
