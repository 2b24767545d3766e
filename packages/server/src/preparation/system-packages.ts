import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { repositoryRoot } from '../repository.ts';
import { findProgram, runProgram } from './run-program.ts';

/** A row of tools/system-packages.json. */
export interface SystemPackage {
  /** Its name in Debian. */
  readonly package: string;
  /** What shows that it is there: a program, or a file by its whole path. */
  readonly program?: string;
  readonly file?: string;
  /** Commands of the launcher that want it. */
  readonly neededBy: readonly string[];
  readonly why: string;
}

/** What a person did not want to be installed: they are asked once. */
const declinedFile = resolve(repositoryRoot, 'node_modules/.dialplane-declined');

/** Every system package some command wants. */
export function systemPackages(): readonly SystemPackage[] {
  const file = resolve(repositoryRoot, 'tools/system-packages.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { packages: SystemPackage[] }).packages;
}

/** Whether this machine has it, whoever has installed it. */
export function isInstalled({ program, file }: Pick<SystemPackage, 'program' | 'file'>): boolean {
  return program !== undefined ? findProgram(program) !== undefined : file !== undefined && existsSync(file);
}

/** The packages that a command wants and this machine does not have. */
function missingPackages(command: string): readonly SystemPackage[] {
  return systemPackages().filter((entry) => entry.neededBy.includes(command) && !isInstalled(entry));
}

/** How missing packages can be installed: by us, by us after a question, or by the user with the printed command. */
export type InstallPlan =
  | { readonly kind: 'install'; readonly words: readonly string[] }
  | { readonly kind: 'ask'; readonly words: readonly string[] }
  | { readonly kind: 'print'; readonly command: string };

export interface InstallSituation {
  readonly mayInstall: boolean;
  readonly isRoot: boolean;
  readonly hasApt: boolean;
  readonly hasSudo: boolean;
  readonly hasTerminal: boolean;
}

/** Decides how to install; never a password prompt where nobody can answer. */
export function planInstall(packages: readonly string[], situation: InstallSituation): InstallPlan {
  const apt = ['apt-get', 'install', '--yes', '--no-install-recommends', ...packages];
  if (!situation.hasApt) return { kind: 'print', command: `install with your package manager (Debian's names): ${packages.join(' ')}` };
  if (situation.isRoot && situation.mayInstall) return { kind: 'install', words: apt };
  const command = situation.isRoot ? apt : ['sudo', ...apt];
  if (situation.mayInstall && situation.hasSudo && situation.hasTerminal) return { kind: 'ask', words: command };
  return { kind: 'print', command: command.join(' ') };
}

/**
 * Installs what a command wants, as far as this user may, and says what it does. Missing packages are no failure here: tests
 * say themselves what they could not do.
 */
export async function prepareSystemPackages(command: string, mayInstall: boolean): Promise<void> {
  const missing = missingPackages(command);
  if (missing.length === 0) return;
  console.error(`./dialplane ${command} wants system packages that are not here:`);
  for (const entry of missing) console.error(`  ${entry.package}: ${entry.why}`);
  const plan = planInstall(missing.map((entry) => entry.package), {
    mayInstall,
    isRoot: process.getuid?.() === 0,
    hasApt: findProgram('apt-get') !== undefined,
    hasSudo: findProgram('sudo') !== undefined,
    hasTerminal: process.stdin.isTTY && process.stderr.isTTY,
  });
  if (plan.kind === 'print') {
    console.error(`To install them: ${plan.command}`);
    return;
  }
  const wanted = plan.words.join(' ');
  if (plan.kind === 'ask' && existsSync(declinedFile) && readFileSync(declinedFile, 'utf8') === wanted) {
    console.error(`To install them: ${wanted}`);
    return;
  }
  console.error(`Installing them: ${wanted}`);
  if (plan.kind === 'ask' && !(await confirm('Go ahead with sudo? [y/N] '))) {
    writeFileSync(declinedFile, wanted);
    return;
  }
  await install(plan.words);
}

/** On a fresh machine the package lists are empty, and old lists name files that are gone: update them, then try again. */
async function install(words: readonly string[]): Promise<void> {
  const environment = { DEBIAN_FRONTEND: 'noninteractive' };
  const [program = '', ...rest] = words;
  if ((await runProgram(program, rest, { environment })) === 0) return;
  const update = [...words.slice(0, words.indexOf('install')), 'update'];
  console.error(`Updating the package lists: ${update.join(' ')}`);
  const [updateProgram = '', ...updateRest] = update;
  await runProgram(updateProgram, updateRest, { environment });
  if ((await runProgram(program, rest, { environment })) !== 0) console.error(`They could not be installed. Try it by hand: ${words.join(' ')}`);
}

async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}
