import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingOf } from './missing-of.ts';
import { skipWithout } from './skip-without.ts';

test('what is missing is named with the package that brings it', () => {
  assert.equal(missingOf('sh', import.meta.filename), undefined);
  assert.equal(missingOf('sh', 'no-such-program', `${import.meta.filename}.none`), `no-such-program, ${import.meta.filename}.none are not installed; run: apt-get install -y no-such-program skip-without.test.ts.none`);
});

test('a test without what it needs is skipped and says so; in CI it fails with the sentence', (t) => {
  const before = process.env['CI'];
  t.after(() => (before === undefined ? delete process.env['CI'] : (process.env['CI'] = before)));
  process.env['CI'] = 'true';
  assert.equal(skipWithout(undefined), false);
  assert.throws(() => skipWithout('Install it.'), /nothing may be missing\. Install it\./);
  delete process.env['CI'];
  assert.equal(skipWithout('Install it.'), 'NOT TESTED: Install it.');
});
