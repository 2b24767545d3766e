import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { missingOf, skipWithout } from '@dialplane/testing';
import { nativeTest } from '../test-kernels.ts';

/** Runs a codec of libspandsp over all of its input; bytes out. */
export type RunSpandsp = (what: string, input: Uint8Array | Int16Array) => Uint8Array;

/** A test beside libspandsp, an independent implementation (Debian: libspandsp-dev); where it is not installed it is skipped and says so, in CI it fails. */
export function spandspTest(kernel: string, name: string, run: (t: TestContext, runSpandsp: RunSpandsp) => void): void {
  const skip = skipWithout(missingOf('/usr/include/spandsp/g711.h'));
  if (skip !== false) {
    test(name, { skip }, () => {});
    return;
  }
  nativeTest(kernel, name, (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'dialplane-spandsp-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const program = join(folder, 'codec');
    execFileSync('g++', ['-std=c++20', '-o', program, join(import.meta.dirname, 'test-spandsp.cc'), '-lspandsp'], { stdio: ['ignore', 'inherit', 'inherit'] });
    run(t, (what, input) => {
      const output = execFileSync(program, [what], { input: Buffer.from(input.buffer, input.byteOffset, input.byteLength), maxBuffer: 2 ** 26 });
      return Uint8Array.from(output);
    });
  });
}
