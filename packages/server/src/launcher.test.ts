import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { repositoryRoot } from './repository.ts';

/** Stands where Node and npm stand on a new machine: npm "installs" a Node that says how it was called. */
const fakeNpm = `#!/bin/sh
echo "npm $*" >> "$LOG"
mkdir -p node_modules/.bin
printf '#!/bin/sh\\necho "ran $*"\\n' > node_modules/.bin/node
chmod +x node_modules/.bin/node
`;

interface Outcome { readonly code: number; readonly output: string; readonly errors: string }

async function newMachine(t: TestContext, nodeMajor = 20) {
  const folder = await mkdtemp(join(tmpdir(), 'dialplane-launcher-'));
  t.after(() => rm(folder, { recursive: true }));
  const root = join(folder, 'it is here');
  const programs = join(folder, 'programs');
  await mkdir(root);
  await mkdir(programs);
  await copyFile(join(repositoryRoot, 'dialplane'), join(root, 'dialplane'));
  await writeFile(join(root, 'package-lock.json'), '{"lockfileVersion":3}');
  for (const name of ['sh', 'cat', 'cksum', 'dirname', 'readlink', 'mkdir', 'chmod']) await symlink(`/bin/${name}`, join(programs, name));
  await writeFile(join(programs, 'npm'), fakeNpm);
  await chmod(join(programs, 'npm'), 0o755);
  await writeFile(join(programs, 'node'), `#!/bin/sh\ncase $1 in -p) echo ${nodeMajor};; --version) echo v${nodeMajor}.1.0;; esac\n`);
  await chmod(join(programs, 'node'), 0o755);
  const log = join(folder, 'log');
  await writeFile(log, '');
  const run = (file: string, ...words: string[]): Promise<Outcome> => new Promise((resolve) => {
    execFile(file, words, { cwd: '/', env: { PATH: programs, LOG: log } }, (error, output, errors) => resolve({ code: error === null ? 0 : Number(error.code), output, errors }));
  });
  return { folder, root, launcher: join(root, 'dialplane'), programs, run, installs: async () => (await readFile(log, 'utf8')).split('\n').length - 1 };
}

test('on a new machine the packages are installed once, and the command runs on their Node', async (t) => {
  const { launcher, root, run, installs } = await newMachine(t);
  const first = await run(launcher, 'up', '--domain', 'a b');
  assert.equal(first.code, 0, first.errors);
  assert.match(first.errors, /Installing the npm packages/);
  assert.match(first.output, /^ran .*main\.ts up --domain a b$/m);
  assert.equal((await run(launcher, 'doctor')).errors, '');
  assert.equal(await installs(), 1);

  await writeFile(join(root, 'package-lock.json'), '{"lockfileVersion":3,"packages":{}}');
  await run(launcher, 'up');
  assert.equal(await installs(), 2, 'the lock file changed');
});

test('packages that somebody installed by hand after the lock file changed are taken as they are', async (t) => {
  const { launcher, root, run, installs } = await newMachine(t);
  await run(launcher, 'up');
  await rm(join(root, 'node_modules/.dialplane-lock'));
  await writeFile(join(root, 'node_modules/.package-lock.json'), '{}');
  await utimes(join(root, 'package-lock.json'), 1000, 1000);
  assert.equal((await run(launcher, 'up')).code, 0);
  assert.equal(await installs(), 1);
});

test('it works through symbolic links and from any folder', async (t) => {
  const { folder, launcher, run } = await newMachine(t);
  await symlink(launcher, join(folder, 'first'));
  await symlink('first', join(folder, 'second'));
  const { code, output } = await run(join(folder, 'second'), 'up');
  assert.equal(code, 0);
  assert.match(output, /it is here\/packages\/server\/src\/main\.ts up/);
});

test('with --no-install nothing is installed and the command is printed', async (t) => {
  const { launcher, root, run, installs } = await newMachine(t);
  const { code, errors } = await run(launcher, 'up', '--no-install');
  assert.equal(code, 1);
  assert.ok(errors.includes(`(cd '${root}' && npm ci)`), errors);
  assert.equal(await installs(), 0);
});

test('what is missing for the installation is said in a sentence', async (t) => {
  const withoutNode = await newMachine(t);
  await rm(join(withoutNode.programs, 'node'));
  assert.match((await withoutNode.run(withoutNode.launcher, 'up')).errors, /needs Node\.js 20 or newer with npm/);
  const oldNode = await newMachine(t, 18);
  assert.match((await oldNode.run(oldNode.launcher, 'up')).errors, /this is v18\.1\.0/);
  const withoutNpm = await newMachine(t);
  await rm(join(withoutNpm.programs, 'npm'));
  assert.match((await withoutNpm.run(withoutNpm.launcher, 'up')).errors, /needs npm/);
  const failing = await newMachine(t);
  await writeFile(join(failing.programs, 'npm'), '#!/bin/sh\necho "no network" >&2\nexit 1\n');
  const { code, errors } = await failing.run(failing.launcher, 'up');
  assert.equal(code, 1);
  assert.match(errors, /no network[\s\S]*could not install/);
});
