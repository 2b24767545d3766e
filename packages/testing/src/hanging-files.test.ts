import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const reporters = ['--test-reporter=tap', '--test-reporter-destination=stdout', `--test-reporter=${join(import.meta.dirname, 'hanging-files.ts')}`, '--test-reporter-destination=stderr'];
const files = {
  'ends.test.mjs': "import { test } from 'node:test'; test('ends', () => {});",
  'waits.test.mjs': "import { waits } from './waiting.mjs'; waits('waits');",
  'spins.test.mjs': "import { test } from 'node:test'; test('spins', () => { for (;;); });",
  'stays.test.mjs': "import { test } from 'node:test'; test('ends', () => {}); setInterval(() => {}, 1000);",
};

test('a file that does not end is ended, with the names of its tests that had not; the others run', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'dialplane-hanging-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'waiting.mjs'), "import { test } from 'node:test'; export const waits = (name) => test(name, () => new Promise(() => setInterval(() => {}, 1000)));");
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const environment = { PATH: process.env['PATH'], TEST_FILE_SECONDS: '3' };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--test', '--test-concurrency=4', ...reporters, ...Object.keys(files)], { cwd: folder, encoding: 'utf8', env: environment });
  assert.equal(status, 1);
  assert.deepEqual(stderr.trim().split('\n').toSorted(), [
    'spins.test.mjs has not ended after 3 s, and is ended. None of its tests has told that it runs: it still loads, something else keeps it open, or a test does not come back.',
    'stays.test.mjs has not ended after 3 s, and is ended. None of its tests has told that it runs: it still loads, something else keeps it open, or a test does not come back.',
    'waits.test.mjs has not ended after 3 s, and is ended. Tests of it that had not ended: "waits".',
  ]);
  for (const name of ['spins', 'stays', 'waits']) assert.match(stdout, new RegExp(`not ok \\d+ - .*${name}\\.test\\.mjs`));
  assert.match(stdout, /^ok \d+ - ends$/m);
});
