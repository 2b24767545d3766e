import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kernelLibraries, kernelNames } from '@dialplane/kernels';
import { commands } from '../commands/index.ts';
import { isInstalled, planInstall, systemPackages, type InstallSituation } from './system-packages.ts';

const rootOnDebian: InstallSituation = { mayInstall: true, isRoot: true, hasApt: true, hasSudo: false, hasTerminal: false };
const apt = ['apt-get', 'install', '--yes', '--no-install-recommends', 'tshark', 'sox'];
const plan = (situation: Partial<InstallSituation>) => planInstall(['tshark', 'sox'], { ...rootOnDebian, ...situation });

test('root installs; another user is asked before sudo; otherwise the exact command is printed', () => {
  const user: Partial<InstallSituation> = { isRoot: false, hasSudo: true, hasTerminal: true };
  assert.deepEqual(plan({}), { kind: 'install', words: apt });
  assert.deepEqual(plan(user), { kind: 'ask', words: ['sudo', ...apt] });
  const printed = { kind: 'print', command: `sudo ${apt.join(' ')}` };
  assert.deepEqual(plan({ ...user, hasTerminal: false }), printed, 'nobody could answer');
  assert.deepEqual(plan({ ...user, hasSudo: false }), printed);
  assert.deepEqual(plan({ ...user, mayInstall: false }), printed);
  assert.deepEqual(plan({ mayInstall: false }), { kind: 'print', command: apt.join(' ') });
});

test('without apt the packages are named', () => {
  assert.deepEqual(plan({ hasApt: false }), { kind: 'print', command: "install with your package manager (Debian's names): tshark sox" });
});

test('every package names commands that exist', () => {
  const names = new Set(commands.map((command) => command.name));
  assert.ok(systemPackages().length >= 5);
  for (const entry of systemPackages()) assert.ok(entry.neededBy.length > 0 && entry.neededBy.every((name) => names.has(name)), entry.package);
});

test('every package is known by one thing: a program or a file', () => {
  for (const { package: name, program, file } of systemPackages()) assert.ok((program === undefined) !== (file === undefined), name);
  assert.equal(isInstalled({ program: 'sh' }), true);
  assert.equal(isInstalled({ file: import.meta.filename }), true);
  assert.equal(isInstalled({ program: 'no-such-program' }), false);
  assert.equal(isInstalled({ file: `${import.meta.filename}.none` }), false);
});

test('a library that a kernel is built on is installed for the commands that run it', () => {
  let looked = 0;
  for (const library of kernelNames().flatMap(kernelLibraries)) {
    looked += 1;
    const row = systemPackages().find((entry) => entry.package === library.package);
    assert.equal(row?.file, library.file);
    assert.deepEqual(row.neededBy, ['up', 'test', 'bench']);
  }
  assert.ok(looked > 0 || process.platform !== 'linux');
});
