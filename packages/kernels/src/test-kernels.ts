import { test, type TestContext } from 'node:test';
import { loadKernel } from './load-kernel.ts';

/** A test that needs a native kernel: where it is not built it is skipped and says so, in CI it fails. */
export function nativeTest(kernel: string, name: string, run: (t: TestContext) => Promise<void> | void): void {
  const loaded = loadKernel(kernel);
  test(name, { skip: loaded.kind === 'absent' && process.env['CI'] !== 'true' ? `NOT TESTED: ${loaded.absentBecause}` : false }, run);
}
