/** What a small write costs through the store, beside the same inserts on a bare `node:sqlite` connection in the same run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuUsage, stdout } from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { openStore } from './index.ts';

const directory = mkdtempSync(join(tmpdir(), 'dialplane-store-bench-'));
const link = (id: string) => ({ code_hash: id, is_operator: 0 as const, created_at: 1, expires_at: 2 });

/** Runs `work` for `count` writes, prints rate and CPU, and returns CPU microseconds per write. */
async function measure(name: string, count: number, work: () => Promise<void> | void, floor?: number): Promise<number> {
  const cpu = cpuUsage();
  const startedAt = performance.now();
  await work();
  const elapsedMs = performance.now() - startedAt;
  const used = cpuUsage(cpu);
  const cpuUs = (used.user + used.system) / count;
  const ratio = floor === undefined ? '' : `  ${(cpuUs / floor).toFixed(1)}x the floor`;
  stdout.write(`${name.padEnd(52)} ${Math.round((count / elapsedMs) * 1000).toString().padStart(8)} writes/s ${cpuUs.toFixed(1).padStart(7)} us CPU each${ratio}\n`);
  return cpuUs;
}

const bare = new DatabaseSync(join(directory, 'bare.sqlite'));
bare.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE sign_in_link (code_hash TEXT PRIMARY KEY, is_operator INTEGER NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID');
const insert = bare.prepare('INSERT INTO sign_in_link VALUES (?, 0, 1, 2)');
const floorAlone = await measure('bare node:sqlite, one transaction each', 20_000, () => {
  for (let count = 0; count < 20_000; count += 1) insert.run(`a-${count}`);
});
const floorGrouped = await measure('bare node:sqlite, 100 per transaction', 50_000, () => {
  for (let group = 0; group < 500; group += 1) {
    bare.exec('BEGIN');
    for (let count = 0; count < 100; count += 1) insert.run(`b-${group}-${count}`);
    bare.exec('COMMIT');
  }
});
bare.close();

const store = await openStore({ dataDir: join(directory, 'data') });
const write = (id: string, survives: 'processCrash' | 'powerLoss' = 'processCrash') => store.write([store.database.insertInto('sign_in_link').values(link(id))], survives);
await measure('store.write, one after the other', 10_000, async () => {
  for (let count = 0; count < 10_000; count += 1) await write(`c-${count}`);
}, floorAlone);
await measure('store.write, 100 in a turn', 50_000, async () => {
  for (let group = 0; group < 500; group += 1) await Promise.all(Array.from({ length: 100 }, (_, count) => write(`d-${group}-${count}`)));
}, floorGrouped);
await measure('store.write, one after the other, powerLoss', 300, async () => {
  for (let count = 0; count < 300; count += 1) await write(`e-${count}`, 'powerLoss');
});
await measure('store.database read by primary key', 20_000, async () => {
  for (let count = 0; count < 20_000; count += 1) await store.database.selectFrom('sign_in_link').select('expires_at').where('code_hash', '=', `c-${count % 10_000}`).executeTakeFirst();
});
await store.close();
rmSync(directory, { recursive: true });
