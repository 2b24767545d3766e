import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isolatedTest, nativeTest } from '../test-kernels.ts';
import type { MappedFile } from './mapped-file.ts';
import { openMappedFile } from './open-mapped-file.ts';
import { openWrittenFile } from './written-file.ts';

function testBoth(name: string, run: (t: TestContext, open: (path: string, length: number) => MappedFile) => void): void {
  test(`written: ${name}`, (t) => run(t, (path, length) => openWrittenFile(path, length, 'asked for')));
  nativeTest('mapped-file', `mapped: ${name}`, (t) => run(t, openMappedFile));
}

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'dialplane-mapped-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

testBoth('what it held is there, what is written is kept, its length is what was asked for', (t, open) => {
  const path = join(folderOf(t), 'counters');
  writeFileSync(path, 'abc');
  const first = open(path, 8);
  assert.equal(Buffer.from(first.bytes).toString('latin1'), 'abc\0\0\0\0\0');
  first.bytes[7] = 0x7a;
  first.close();
  first.close();
  assert.equal(readFileSync(path, 'latin1'), 'abc\0\0\0\0z');
  const second = open(path, 2);
  assert.equal(Buffer.from(second.bytes).toString(), 'ab');
  second.close();
});

testBoth('why it cannot be opened', (t, open) => {
  const folder = folderOf(t);
  assert.throws(() => open(join(folder, 'none', 'counters'), 2), { code: 'ENOENT' });
  assert.throws(() => open(folder, 2), { code: 'EISDIR' });
  assert.throws(() => open(join(folder, 'a\0b'), 2));
});

isolatedTest('mapped-file', 'a full disk is told when it is opened, and what is there is kept', (t, runIsolated) => {
  const folder = folderOf(t);
  const script = `
    const { openMappedFile } = await import(${JSON.stringify(join(import.meta.dirname, 'open-mapped-file.ts'))});
    const { openWrittenFile } = await import(${JSON.stringify(join(import.meta.dirname, 'written-file.ts'))});
    const file = openMappedFile('counters', 8192);
    file.bytes[8191] = 7;
    file.close();
    for (const open of [openMappedFile, openWrittenFile]) {
      try { open('counters', 1024 * 1024, ''); } catch (error) { console.log(error.code); }
    }
    console.log(openMappedFile('counters', 8192).bytes[8191]);`;
  const said = runIsolated(`mount -t tmpfs -o size=64k none '${folder}'; cd '${folder}'; exec '${process.execPath}' --input-type=module --eval '${script.replaceAll("'", '"')}'`);
  assert.deepEqual(said.trim().split('\n'), ['ENOSPC', 'ENOSPC', '7']);
});

nativeTest('mapped-file', 'mapped: what was written the moment before kill -9 is in the file', async (t) => {
  const path = join(folderOf(t), 'counters');
  const script = `
    const { openMappedFile } = await import(${JSON.stringify(join(import.meta.dirname, 'open-mapped-file.ts'))});
    const { bytes } = openMappedFile(${JSON.stringify(path)}, 4096);
    bytes.set([1, 2, 3], 4090);
    process.kill(process.pid, 'SIGKILL');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'inherit' });
  assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL']);
  assert.deepEqual([...readFileSync(path).subarray(4089, 4094)], [0, 1, 2, 3, 0]);
});
