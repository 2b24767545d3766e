import { spawnSync } from 'node:child_process';
import { test, type TestContext } from 'node:test';
import { skipWithout } from '@dialplane/testing';
import { absenceOf, loadKernel } from './load-kernel.ts';

/** A test that needs a native kernel: where it is not built it is skipped and says so, in CI it fails. */
export function nativeTest(kernel: string, name: string, run: (t: TestContext) => Promise<void> | void): void {
  test(name, { skip: skipWithout(absenceOf(loadKernel(kernel))) }, run);
}

/** A test that runs a program as root of namespaces of its own (network and mounts); where the system does not let us, it is skipped and says so, in CI it fails. */
export function isolatedTest(kernel: string, name: string, run: (t: TestContext, runIsolated: (shell: string) => string) => Promise<void> | void): void {
  const isAllowed = spawnSync('unshare', ['--map-root-user', '--net', '--mount', 'true']).status === 0;
  const skip = skipWithout(isAllowed ? undefined : 'unshare (Debian: util-linux) may not make namespaces here');
  if (skip !== false) {
    test(name, { skip }, () => {});
    return;
  }
  nativeTest(kernel, name, (t) => run(t, (shell) => {
    const { status, stdout, stderr } = spawnSync('unshare', ['--map-root-user', '--net', '--mount', 'sh', '-ec', shell], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return stdout;
  }));
}
