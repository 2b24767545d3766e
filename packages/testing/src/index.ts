/**
 * What tests of several packages share: the gate for what a machine may lack, free ports, what child processes print, and how long to wait for what has to come; and what `./dialplane test` ends files with that hang (`hanging-files.ts`).
 *
 * A test that needs what not every machine has (a program of others, a native kernel) is skipped there and says so. In CI nothing may be missing: there the file fails as it is
 * loaded, with the sentence that says what to install or to run, instead of waiting for what cannot come.
 *
 * Out of scope: everything that serves one package only; that stands beside its tests (`test-*.ts`). Only tests and benchmarks import this package.
 *
 * ```ts
 * const skip = skipWithout(missingOf('sipp'));
 * test('SIPp calls', { skip }, async () => {
 *   const port = await freePort();
 *   const sipp = followProcess(spawn('sipp', wordsFor(port)), 'sipp');
 *   await sipp.line(/ready/);
 * });
 * ```
 */
export { followProcess, type FollowedProcess } from './followed-process.ts';
export { freePort, freePorts } from './free-ports.ts';
export { missingOf } from './missing-of.ts';
export { patienceMs } from './patience.ts';
export { skipWithout } from './skip-without.ts';
