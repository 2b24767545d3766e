import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

/** The limit passes at once when the files have come as far as they get: a busy machine may take as long as it likes until then. */
const reporter = `
import { basename } from 'node:path';
import { mock } from 'node:test';
import HangingFiles from ${JSON.stringify(import.meta.resolve('./hanging-files.ts'))};

mock.timers.enable({ apis: ['setTimeout'] });
const awaited = new Set(['test:complete ends.test.mjs', 'test:dequeue waits.test.mjs waits', 'test:dequeue spins.test.mjs', 'test:complete stays.test.mjs ends']);

export default class extends HangingFiles {
  _transform(event, encoding, done) {
    super._transform(event, encoding, done);
    const { file = '', entryFile, name } = event.data;
    awaited.delete([event.type, basename(entryFile ?? file), ...(entryFile === undefined ? [] : [name])].join(' '));
    if (awaited.size === 0) setImmediate(() => mock.timers.runAll());
  }
}`;
const files = {
  'ends.test.mjs': "import { test } from 'node:test'; test('ends', () => {});",
  'waits.test.mjs': "import { waits } from './waiting.mjs'; waits('waits');",
  'spins.test.mjs': "import { test } from 'node:test'; test('spins', () => { for (;;); });",
  'stays.test.mjs': "import { test } from 'node:test'; test('ends', () => {}); setInterval(() => {}, 1000);",
  'waiting.mjs': "import { test } from 'node:test'; export const waits = (name) => test(name, () => new Promise(() => setInterval(() => {}, 1000)));",
  'reporter.mjs': reporter,
};

test('a file that does not end is ended, with the names of its tests that had not; the others run', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'dialplane-hanging-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const reporters = ['--test-reporter=tap', '--test-reporter-destination=stdout', `--test-reporter=${join(folder, 'reporter.mjs')}`, '--test-reporter-destination=stderr'];
  const tests = Object.keys(files).filter((name) => name.endsWith('.test.mjs'));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--test', '--test-concurrency=4', ...reporters, ...tests], { cwd: folder, encoding: 'utf8', env: { PATH: process.env['PATH'], TEST_FILE_SECONDS: '3' } });
  assert.equal(status, 1);
  assert.deepEqual(stderr.trim().split('\n').toSorted(), [
    'spins.test.mjs has not ended after 3 s, and is ended. None of its tests has told that it runs: it still loads, something else keeps it open, or a test does not come back.',
    'stays.test.mjs has not ended after 3 s, and is ended. None of its tests has told that it runs: it still loads, something else keeps it open, or a test does not come back.',
    'waits.test.mjs has not ended after 3 s, and is ended. Tests of it that had not ended: "waits".',
  ]);
  for (const name of ['spins', 'stays', 'waits']) assert.match(stdout, new RegExp(`not ok \\d+ - .*${name}\\.test\\.mjs`));
  assert.match(stdout, /^ok \d+ - ends$/m);
});
