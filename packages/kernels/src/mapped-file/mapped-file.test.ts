import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openWrittenFile } from './written-file.ts';

test('a file is memory: what it held is there, what is written is kept, its length is what was asked for', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'dialplane-mapped-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'counters');
  writeFileSync(path, 'abc');
  const first = openWrittenFile(path, 8, 'asked for');
  assert.equal(Buffer.from(first.bytes).toString('latin1'), 'abc\0\0\0\0\0');
  first.bytes[7] = 0x7a;
  first.close();
  first.close();
  assert.equal(readFileSync(path, 'latin1'), 'abc\0\0\0\0z');
  const second = openWrittenFile(path, 2, 'asked for');
  assert.equal(Buffer.from(second.bytes).toString(), 'ab');
  second.close();
  assert.throws(() => openWrittenFile(join(folder, 'none', 'counters'), 2, 'asked for'), { code: 'ENOENT' });
});
