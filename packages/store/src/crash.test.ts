import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { openStore } from './index.ts';

const writer = resolve(import.meta.dirname, 'test-crash-writer.ts');

/** Starts the writer, kills it with SIGKILL once it has confirmed `count` batches, and returns all that it confirmed. */
async function confirmedBeforeKill(dataDir: string, count: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [writer, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  let seen = 0;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    seen += chunk.split('\n').length - 1;
    if (seen >= count) child.kill('SIGKILL');
  });
  await once(child, 'close');
  assert.equal(child.signalCode, 'SIGKILL');
  return output.slice(0, output.lastIndexOf('\n')).split('\n');
}

for (const count of [1, 300, 2_500]) {
  test(`a server killed by SIGKILL after ${count} confirmed writes loses none of them and leaves no half batch`, async (t) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'dialplane-crash-'));
    t.after(() => rmSync(dataDir, { recursive: true }));
    const confirmed = await confirmedBeforeKill(dataDir, count);

    const store = await openStore({ dataDir });
    t.after(() => store.close());
    const resources = new Set((await store.database.selectFrom('resource').select('id').execute()).map((row) => row.id));
    const hosts = new Set((await store.database.selectFrom('resource_host').select('host').execute()).map((row) => row.host));
    assert.ok(confirmed.length >= count);
    assert.deepEqual(confirmed.filter((id) => !resources.has(id)), []);
    assert.deepEqual(resources, hosts);
  });
}
