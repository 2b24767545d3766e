import { test, type TestContext } from 'node:test';
import { missingOf, skipWithout } from '@dialplane/testing';

/** Programs of the machine that hosts of the lab run; `tools/system-packages.json` knows the packages they come in. */
const programs = ['ip', 'iptables', 'chromium', 'firefox-esr', 'certutil', 'tshark', 'socat', 'openssl', 'kamailio', 'baresip', 'sipp', 'linphonec', 'dnsmasq'] as const;
type Program = (typeof programs)[number];

/** What is missing here to run these programs on hosts of the lab, as a sentence; `undefined` when nothing is. */
function missingRequirements(needed: readonly Program[]): string | undefined {
  const faults = [process.getuid?.() === 0 ? undefined : 'the lab makes network namespaces and needs root', missingOf(...needed)].filter((fault) => fault !== undefined);
  return faults.length === 0 ? undefined : faults.join('; ');
}

export interface LabTestOptions {
  readonly needs?: readonly Program[];
  readonly timeoutMs?: number;
}

/**
 * A test that needs the lab. Where something it needs is missing it is skipped with the sentence that says what; when `CI=true` its
 * file fails with it. A story that takes longer than `timeoutMs`, five minutes by default, fails.
 */
export function labTest(name: string, story: (context: TestContext) => Promise<void>, { needs = programs, timeoutMs = 300_000 }: LabTestOptions = {}): void {
  test(name, { timeout: timeoutMs, skip: skipWithout(missingRequirements(needs)) }, story);
}
