import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { sql } from 'kysely';
import { createPrivateFile } from './data-directory.ts';
import type { Migration } from './migrations/migration.ts';
import { prepareDatabase } from './prepare-database.ts';
import { SqliteConnection } from './sqlite-connection.ts';

const first: Migration = { name: '0001-first', up: async (database) => { await sql`CREATE TABLE first (id TEXT) STRICT`.execute(database); } };
const broken: Migration = {
  name: '0002-broken',
  up: async (database) => {
    await sql`CREATE TABLE second (id TEXT) STRICT`.execute(database);
    throw new Error('no such column');
  },
};
const second: Migration = { name: '0002-second', up: async (database) => { await sql`CREATE TABLE second (id TEXT) STRICT`.execute(database); } };

function open(t: TestContext): { readonly connection: SqliteConnection; readonly backups: string } {
  const directory = mkdtempSync(join(tmpdir(), 'dialplane-upgrade-'));
  const path = join(directory, 'database');
  createPrivateFile(path);
  const connection = new SqliteConnection(path);
  t.after(() => {
    connection.close();
    rmSync(directory, { recursive: true });
  });
  return { connection, backups: join(directory, 'backups') };
}

function tables(connection: SqliteConnection): readonly unknown[] {
  return connection.prepare('SELECT name FROM sqlite_schema ORDER BY name').all([]).map((row) => Object.values(row as object)[0]);
}

test('an upgrade makes a backup first, and a migration that fails leaves the schema as it was', async (t) => {
  const { connection, backups } = open(t);
  assert.deepEqual(await prepareDatabase(connection, backups, [first]), { schemaVersion: 1, previousVersion: 0 });

  await assert.rejects(prepareDatabase(connection, backups, [first, broken]), /no such column/);
  assert.deepEqual(tables(connection), ['first']);
  assert.equal(connection.pragma('user_version'), 1);

  const backupFile = join(backups, 'before-upgrade-from-version-1-2.sqlite');
  assert.deepEqual(await prepareDatabase(connection, backups, [first, second]), { schemaVersion: 2, previousVersion: 1, backupFile });
  assert.deepEqual(tables(connection), ['first', 'second']);
  assert.deepEqual(readdirSync(backups).toSorted(), ['before-upgrade-from-version-1-2.sqlite', 'before-upgrade-from-version-1.sqlite']);
  const copy = new SqliteConnection(backupFile, { readOnly: true });
  assert.deepEqual(tables(copy), ['first']);
  copy.close();
});
