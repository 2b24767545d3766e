import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';

/** Program -> the Debian package that has it. */
const programs = {
  ip: 'iproute2',
  sysctl: 'procps',
  chromium: 'chromium',
  certutil: 'libnss3-tools',
  dumpcap: 'wireshark-common',
  tshark: 'tshark',
} as const;

/** What is missing here for stories to run, as a sentence; `undefined` when nothing is. */
export function missingRequirements(): string | undefined {
  const packages = Object.entries(programs).flatMap(([program, name]) => (isInstalled(program) ? [] : [name]));
  const faults = [
    ...(process.getuid?.() === 0 ? [] : ['the lab makes network namespaces and needs root']),
    ...(packages.length === 0 ? [] : [`missing system packages; run: apt-get install -y ${packages.join(' ')}`]),
  ];
  return faults.length === 0 ? undefined : faults.join('; ');
}

/**
 * A test that needs the lab. Where something is missing it is skipped with the sentence that says what, and fails instead when
 * `CI=true`: in CI nothing may be missing. `timeoutMs` bounds the whole story.
 */
export function labTest(name: string, story: () => Promise<void>, timeoutMs = 60_000): void {
  const missing = missingRequirements();
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
