import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test, type TestContext } from 'node:test';

/** Programs of the machine that hosts of the lab run; `tools/system-packages.json` knows the packages they come in. */
const programs = ['ip', 'iptables', 'chromium', 'firefox-esr', 'certutil', 'tshark', 'socat', 'openssl', 'kamailio', 'baresip', 'sipp', 'linphonec', 'dnsmasq'] as const;
type Program = (typeof programs)[number];

/** What is missing here to run these programs on hosts of the lab, as a sentence; `undefined` when nothing is. */
function missingRequirements(needed: readonly Program[]): string | undefined {
  const absent = needed.filter((program) => !isInstalled(program));
  const faults = [
    ...(process.getuid?.() === 0 ? [] : ['the lab makes network namespaces and needs root']),
    ...(absent.length === 0 ? [] : [`missing system packages; run: apt-get install -y ${absent.map(packageOf).join(' ')}`]),
  ];
  return faults.length === 0 ? undefined : faults.join('; ');
}

function packageOf(program: Program): string {
  const { packages } = JSON.parse(readFileSync(join(import.meta.dirname, '../../tools/system-packages.json'), 'utf8')) as {
    packages: ReadonlyArray<{ readonly package: string; readonly program?: string }>;
  };
  return packages.find((row) => row.program === program)?.package ?? program;
}

export interface LabTestOptions {
  readonly needs?: readonly Program[];
  readonly timeoutMs?: number;
}

/**
 * A test that needs the lab. Where something it needs is missing it is skipped with the sentence that says what, and fails
 * instead when `CI=true`: in CI nothing may be missing. A story that takes longer than `timeoutMs`, five minutes by default, fails.
 */
export function labTest(name: string, story: (context: TestContext) => Promise<void>, { needs = programs, timeoutMs = 300_000 }: LabTestOptions = {}): void {
  const missing = missingRequirements(needs);
  if (missing === undefined) test(name, { timeout: timeoutMs }, story);
  else if (process.env['CI'] === 'true') test(name, () => Promise.reject(new Error(missing)));
  else test(name, { skip: missing }, () => undefined);
}

function isInstalled(program: string): boolean {
  return [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'].some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
