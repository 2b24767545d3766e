import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { backupStore, openStore, restoreStore, type Store, StoreError, type StoreErrorCode } from './index.ts';

function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'dialplane-store-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function openTemporaryStore(t: TestContext): Promise<{ readonly store: Store; readonly dataDir: string }> {
  const dataDir = join(temporaryDirectory(t), 'data');
  const store = await openStore({ dataDir });
  t.after(() => store.close());
  return { store, dataDir };
}

function insertResource(store: Store, id: string) {
  return store.database.insertInto('resource').values({
    id, name: id, primary_key: '', primary_key_id: '', secondary_key: '', secondary_key_id: '', allowed_origins: '[]', created_at: 0,
  });
}

async function resourceIds(store: Store): Promise<readonly string[]> {
  return (await store.database.selectFrom('resource').select('id').orderBy('id').execute()).map((row) => row.id);
}

function fails(code: StoreErrorCode, detail?: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof StoreError, String(error));
    assert.equal(error.code, code);
    if (detail !== undefined) assert.match(error.message, detail);
    return true;
  };
}

test('a new data directory and everything in it belong to their owner alone', async (t) => {
  const { store, dataDir } = await openTemporaryStore(t);
  await store.write([insertResource(store, 'a')]);
  await store.backup(join(dataDir, 'backups', 'now.sqlite'));
  assert.equal(statSync(dataDir).mode & 0o777, 0o700);
  assert.equal(statSync(join(dataDir, 'backups')).mode & 0o777, 0o700);
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  assert.ok(files.length >= 5);
  for (const file of files) assert.equal(statSync(join(file.parentPath, file.name)).mode & 0o777, 0o600, file.name);
});

test('what was written is there after closing and opening again', async (t) => {
  const { store, dataDir } = await openTemporaryStore(t);
  assert.deepEqual(await store.write([insertResource(store, 'a'), insertResource(store, 'b')], 'powerLoss'), [1, 1]);
  await store.close();
  const again = await openStore({ dataDir });
  assert.deepEqual(await resourceIds(again), ['a', 'b']);
  assert.equal(again.opening.previousVersion, again.opening.schemaVersion);
  await again.close();
});

test('batches of one turn are each atomic, and one that fails takes no other along', async (t) => {
  const { store } = await openTemporaryStore(t);
  const outcomes = await Promise.allSettled([
    store.write([insertResource(store, 'a')]),
    store.write([insertResource(store, 'b'), insertResource(store, 'a')]),
    store.write([insertResource(store, 'c')]),
    store.write([insertResource(store, 'c')]),
  ]);
  assert.deepEqual(outcomes.map((outcome) => outcome.status), ['fulfilled', 'rejected', 'fulfilled', 'rejected']);
  assert.ok(outcomes[1]?.status === 'rejected' && fails('STORE_CONFLICT', /UNIQUE/)(outcomes[1].reason));
  assert.deepEqual(await resourceIds(store), ['a', 'c']);
});

test('a transaction that spans turns keeps queued writes waiting, and undoes itself when it throws', async (t) => {
  const { store } = await openTemporaryStore(t);
  const { promise: hold, resolve: release } = Promise.withResolvers<void>();
  const transaction = store.transaction(async (inside) => {
    await inside.insertInto('resource').values({ id: 't', name: '', primary_key: '', primary_key_id: '', secondary_key: '', secondary_key_id: '', allowed_origins: '[]', created_at: 0 }).execute();
    await hold;
    throw new Error('changed my mind');
  });
  const queued = store.write([insertResource(store, 'q')]);
  release();
  await assert.rejects(transaction, /changed my mind/);
  await queued;
  assert.deepEqual(await resourceIds(store), ['q']);
});

test('after many writes the log is in the file, and closing leaves the file alone', async (t) => {
  const { store, dataDir } = await openTemporaryStore(t);
  for (let turn = 0; turn < 30; turn += 1) await Promise.all(Array.from({ length: 100 }, (_, index) => store.write([insertResource(store, `${turn}-${index}`)])));
  await store.close();
  assert.deepEqual(readdirSync(dataDir).toSorted(), ['dialplane.lock', 'dialplane.sqlite']);
  const again = await openStore({ dataDir });
  assert.equal((await resourceIds(again)).length, 3_000);
  await again.close();
});

test('closing finishes the writes that were asked for and refuses later ones', async (t) => {
  const { store, dataDir } = await openTemporaryStore(t);
  const write = store.write([insertResource(store, 'a')]);
  await store.close();
  await write;
  await assert.rejects(store.write([insertResource(store, 'b')]), fails('STORE_CLOSED'));
  await assert.rejects(store.backup(join(dataDir, 'x.sqlite')), fails('STORE_CLOSED'));
  await store.close();
});

test('references to what is not there are refused', async (t) => {
  const { store } = await openTemporaryStore(t);
  await assert.rejects(store.write([store.database.insertInto('resource_host').values({ host: 'h', resource_id: 'none' })]), fails('STORE_CONFLICT', /FOREIGN KEY/));
});

test('a second opener, in this process or another, is told who holds the directory', async (t) => {
  const { store, dataDir } = await openTemporaryStore(t);
  await assert.rejects(openStore({ dataDir }), fails('STORE_LOCKED', new RegExp(`process ${process.pid}`)));
  const script = `import { openStore } from ${JSON.stringify(resolve(import.meta.dirname, 'index.ts'))};
    await openStore({ dataDir: ${JSON.stringify(dataDir)} }).catch((error) => console.log(error.code));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => { output += chunk; });
  await once(child, 'close');
  assert.equal(output.trim(), 'STORE_LOCKED');
  await store.close();
  await (await openStore({ dataDir })).close();
});

test('a file from a newer version is refused and left as it is', async (t) => {
  const { store, dataDir } = await openTemporaryStore(t);
  await store.close();
  const raw = new DatabaseSync(join(dataDir, 'dialplane.sqlite'));
  raw.exec('PRAGMA user_version = 9999');
  raw.close();
  await assert.rejects(openStore({ dataDir }), fails('STORE_NEWER', /9999/));
  await assert.rejects(openStore({ dataDir }), fails('STORE_NEWER'), 'the lock was given back');
});

test('a damaged file and a file of another program are told apart', async (t) => {
  const { store, dataDir } = await openTemporaryStore(t);
  await Promise.all(Array.from({ length: 500 }, (_, index) => store.write([insertResource(store, `resource-${index}`)])));
  await store.close();
  const path = join(dataDir, 'dialplane.sqlite');
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.fill(0x5a, 8192, 12_288));
  await assert.rejects(openStore({ dataDir }), fails('STORE_CORRUPT'));
  writeFileSync(path, 'this is a text, not a database '.repeat(200));
  await assert.rejects(openStore({ dataDir }), fails('STORE_CORRUPT'));
  truncateSync(path);
  const foreign = new DatabaseSync(path);
  foreign.exec('CREATE TABLE bookmarks (url TEXT)');
  foreign.close();
  await assert.rejects(openStore({ dataDir }), fails('STORE_FOREIGN'));
});

test('a directory that cannot be made is named', async (t) => {
  const file = join(temporaryDirectory(t), 'file');
  writeFileSync(file, '');
  await assert.rejects(openStore({ dataDir: join(file, 'data') }), fails('STORE_UNWRITABLE', /file.data: ENOTDIR/));
});

test('a full disk fails the writes with its own code, and writing goes on when there is space again', async (t) => {
  const { store } = await openTemporaryStore(t);
  const { rows } = await store.database.executeQuery<{ page_count: number }>({ ...pragma(store, 'page_count') });
  await store.database.executeQuery(pragma(store, `max_page_count = ${Number(rows[0]?.page_count) + 4}`));
  const writes = await Promise.allSettled(Array.from({ length: 400 }, (_, index) => store.write([insertResource(store, `${index}`.padEnd(200))])));
  const failed = writes.filter((write) => write.status === 'rejected');
  assert.ok(failed.length > 0);
  for (const write of failed) assert.ok(fails('STORE_FULL')(write.reason));
  assert.equal((await resourceIds(store)).length, writes.length - failed.length);
  await store.database.executeQuery(pragma(store, 'max_page_count = 1000000'));
  await store.write([insertResource(store, 'after')]);
  assert.ok((await resourceIds(store)).includes('after'));
});

test('a backup taken under load is whole, can be restored, and is never overwritten', async (t) => {
  const { store, dataDir } = await openTemporaryStore(t);
  await store.write([insertResource(store, 'before')]);
  let count = 0;
  const running = { current: true };
  const load = (async () => {
    for (; running.current; count += 1) await store.write([insertResource(store, `load-${count}`)]);
  })();
  const toFile = join(dataDir, 'backups', 'online.sqlite');
  await store.backup(toFile);
  running.current = false;
  await load;
  await assert.rejects(store.backup(toFile), fails('STORE_BACKUP_EXISTS'));
  await assert.rejects(async () => restoreStore({ dataDir, fromFile: toFile }), fails('STORE_LOCKED'));
  await store.write([insertResource(store, 'after')]);
  await store.close();
  chmodSync(toFile, 0o644);
  restoreStore({ dataDir, fromFile: toFile });
  assert.equal(statSync(join(dataDir, 'dialplane.sqlite')).mode & 0o777, 0o600);
  assert.ok(existsSync(join(dataDir, 'dialplane.sqlite.replaced')));
  const restored = await openStore({ dataDir });
  const ids = await resourceIds(restored);
  assert.ok(ids.includes('before') && !ids.includes('after') && ids.length <= count + 1);
  await restored.close();
});

test('a backup from outside works while the store is in use, and bad sources are refused', async (t) => {
  const { store, dataDir } = await openTemporaryStore(t);
  await store.write([insertResource(store, 'a')]);
  const toFile = join(dataDir, 'outside.sqlite');
  await backupStore({ dataDir, toFile });
  await store.write([insertResource(store, 'b')]);
  await store.close();
  assert.ok(existsSync(toFile));
  await assert.rejects(backupStore({ dataDir: join(dataDir, 'nowhere'), toFile: join(dataDir, 'y') }), fails('STORE_NOT_FOUND'));
  writeFileSync(join(dataDir, 'rubbish'), 'rubbish'.repeat(1000));
  await assert.rejects(async () => restoreStore({ dataDir, fromFile: join(dataDir, 'rubbish') }), fails('STORE_CORRUPT'));
  const again = await openStore({ dataDir });
  assert.deepEqual(await resourceIds(again), ['a', 'b']);
  await again.close();
});

function pragma(store: Store, text: string) {
  const compiled = store.database.selectFrom('resource').select('id').compile();
  return { ...compiled, sql: `PRAGMA ${text}`, parameters: [] };
}
