/** All tests of the kernels again, with kernels that were built with AddressSanitizer and UndefinedBehaviorSanitizer: a wrong byte ends the process. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { test } from 'node:test';
import { kernelFile, kernelFingerprint, kernelNames, kernelSources } from './kernel-files.ts';
import { findNodeHeaders } from './node-headers.ts';

/** A second package beside the first: it loads its own kernels, and what it imports is found. */
const copy = resolve(import.meta.dirname, '../dist/sanitized');

test('no sanitizer finds anything in what the tests do', (t) => {
  rmSync(copy, { recursive: true, force: true });
  cpSync(import.meta.dirname, join(copy, 'src'), { recursive: true });
  cpSync(kernelSources, join(copy, 'native'), { recursive: true, filter: (path) => !path.endsWith('/build') });
  mkdirSync(join(copy, 'dist'));
  t.after(() => rmSync(copy, { recursive: true }));

  const headers = findNodeHeaders();
  assert.ok(headers !== undefined, 'the headers of Node are not here');
  assert.ok(kernelNames().length >= 2);
  for (const name of kernelNames()) {
    const words = ['rebuild', `--nodedir=${headers}`, '--loglevel=error', '--', '-Dsanitize=1'];
    execFileSync('node-gyp', words, { cwd: join(copy, 'native', name), stdio: ['ignore', 'ignore', 'inherit'] });
    cpSync(join(copy, 'native', name, 'build/Release', `${name}.node`), join(copy, 'dist', basename(kernelFile(name))));
    writeFileSync(join(copy, 'dist', `${name}.sources`), kernelFingerprint(name));
  }

  const runtime = execFileSync('g++', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim();
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--test', ...globSync('src/**/*.test.ts', { cwd: copy })], {
    cwd: copy,
    encoding: 'utf8',
    // Without the context of this test, inside which the runner would run nothing. Node itself never frees some of what it allocates.
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, CI: 'true', LD_PRELOAD: runtime, ASAN_OPTIONS: 'detect_leaks=0', UBSAN_OPTIONS: 'print_stacktrace=1', PROPERTY_RUNS: '300' },
  });
  assert.equal(status, 0, `${stdout}\n${stderr}`);
  assert.match(stdout, /pass [1-9]\d/);
  assert.doesNotMatch(stdout + stderr, /ERROR: AddressSanitizer|runtime error:/);
});
