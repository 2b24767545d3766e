import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { freePort } from './free-ports.ts';

const elsewhere = (expression: string): Promise<string> =>
  promisify(execFile)(process.execPath, ['--input-type=module', '-e', `import { freePort } from ${JSON.stringify(import.meta.resolve('./free-ports.ts'))}; ${expression}`]).then(({ stdout }) => stdout);

test('no port is given twice while who has it runs, here or in another process', async () => {
  const ours = await Promise.all(Array.from({ length: 50 }, freePort));
  const ask = 'console.log((await Promise.all(Array.from({ length: 100 }, freePort))).join(" "))';
  const theirs = (await Promise.all([elsewhere(ask), elsewhere(ask)])).map((text) => text.trim().split(' ').map(Number));
  for (const given of theirs) assert.equal(new Set([...ours, ...given]).size, ours.length + given.length);
});

test('who was given ports ends as before', async () => {
  assert.match(await elsewhere('console.log(await freePort())'), /^1\d{4}\n$/);
});
