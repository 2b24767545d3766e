import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { followProcess } from '@dialplane/testing';
import { repositoryRoot } from './repository.ts';

const run = promisify(execFile);
const tenMinutesMs = 600_000;

test('a fresh clone starts with one command: packages, builds, server', { timeout: tenMinutesMs }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'dialplane-clone-'));
  const clone = join(folder, 'clone');
  await run('git', ['clone', '--quiet', '--depth', '1', `file://${repositoryRoot}`, clone]);
  const environment = { ...process.env, NODE_COMPILE_CACHE: undefined, CI: undefined };
  const start = async (): Promise<{ readonly milliseconds: number; readonly url: string; end(): Promise<void> }> => {
    const startedAt = performance.now();
    const child = spawn(join(clone, 'dialplane'), ['up', '--https-port', '0', '--http-port', '0', '--relay-port', '0', '--relay-second-port', '0', '--media-port', '0', '--sip-port', '0', '--sip-tls-port', '0', '--data-dir', join(folder, 'data')], { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    const { line, ended } = followProcess(child, './dialplane up');
    const [url] = await line(/http:\/\/localhost:\d+/);
    return {
      milliseconds: performance.now() - startedAt,
      url,
      end: async () => {
        child.kill('SIGTERM');
        assert.equal(await ended, 0);
      },
    };
  };
  t.after(() => rm(folder, { recursive: true, force: true }));

  const first = await start();
  const page = await fetch(first.url);
  assert.equal(page.status, 200);
  assert.match(await page.text(), /<script type="module"/);
  await first.end();
  const second = await start();
  await second.end();
  t.diagnostic(`first start ${Math.round(first.milliseconds / 1000)} s, second start ${Math.round(second.milliseconds)} ms`);
});
