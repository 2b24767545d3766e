import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands } from '../commands/index.ts';
import { planInstall, systemPackages, type InstallSituation } from './system-packages.ts';

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
