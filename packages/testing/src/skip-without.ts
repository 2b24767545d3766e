/**
 * The `skip` of tests that need what is missing here.
 * @param missing What is missing and what to do about it, as a sentence; `undefined` where nothing is.
 * @returns Why they are skipped, or `false`.
 * @throws {Error} With the sentence where `CI=true`: there nothing may be missing.
 */
export function skipWithout(missing: string | undefined): string | false {
  if (missing === undefined) return false;
  if (process.env['CI'] === 'true') throw new Error(`With CI=true nothing may be missing. ${missing}`);
  return `NOT TESTED: ${missing}`;
}
