import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { basename, delimiter, isAbsolute, join, resolve } from 'node:path';

/** A row of `tools/system-packages.json`. */
interface SystemPackage {
  readonly package: string;
  readonly program?: string;
  readonly file?: string;
}

/**
 * What this machine has not of what a test needs, as a sentence with the command that installs it; `undefined` where nothing is missing.
 * @param needed Programs by their names and files by their whole paths. Where `tools/system-packages.json` does not know one, its own name stands for its package.
 */
export function missingOf(...needed: readonly string[]): string | undefined {
  const missing = needed.filter((name) => (isAbsolute(name) ? !existsSync(name) : !isInstalled(name)));
  if (missing.length === 0) return undefined;
  return `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not installed; run: apt-get install -y ${[...new Set(missing.map(packageOf))].join(' ')}`;
}

function packageOf(name: string): string {
  const file = resolve(import.meta.dirname, '../../../tools/system-packages.json');
  const { packages } = JSON.parse(readFileSync(file, 'utf8')) as { readonly packages: readonly SystemPackage[] };
  return packages.find((row) => row.program === basename(name) || row.file === name)?.package ?? basename(name);
}

/** Looks also where administrators' programs are. */
function isInstalled(program: string): boolean {
  return [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'].some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}
