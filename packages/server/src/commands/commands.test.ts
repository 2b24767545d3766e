import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { repositoryRoot } from '../repository.ts';
import { startTestServer, temporaryFolder } from '../test-server.ts';
import { systemdUnit } from './systemd.ts';

const main = join(repositoryRoot, 'packages/server/src/main.ts');
/** As the launcher sets it: processes start in half the time. */
const environment = { ...process.env, NODE_COMPILE_CACHE: join(repositoryRoot, 'node_modules/.cache/node') };

interface Outcome { readonly code: number; readonly output: string; readonly errors: string }

/** Runs a command as a process of its own, as the launcher does. */
function dialplane(...words: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...words, '--no-install'], { cwd: '/', env: environment }, (error, output, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code), output, errors });
    });
  });
}

/** Starts `up` and resolves with what it printed when it is ready. */
async function up(t: TestContext, dataDir: string) {
  const child = spawn(process.execPath, [main, 'up', '--no-install', '--data-dir', dataDir, '--https-port', '0', '--http-port', '0', '--relay-port', '0', '--relay-second-port', '0', '--sip', 'off', '--media', 'off'], { stdio: ['ignore', 'pipe', 'pipe'], env: environment });
  t.after(() => child.kill('SIGKILL'));
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const lines: string[] = [];
  let errors = '';
  child.stderr.on('data', (chunk) => { errors += String(chunk); });
  const ready = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      if (line.includes('Ctrl+C')) resolve(lines.join('\n'));
    });
    void ended.then(([code]) => reject(new Error(`up ended with ${code}: ${errors}`)));
  });
  return { child, ended, greeting: await ready };
}

test('up says where it is, and ends at SIGTERM with exit code 0', async (t) => {
  const dataDir = join(await temporaryFolder(t), 'data');
  const { child, ended, greeting } = await up(t, dataDir);
  assert.match(greeting, /http:\/\/localhost:\d+/);
  assert.match(greeting, /https:\/\/[^\s]+\/#\/sign-in\?code=[\w-]+/);
  assert.match(greeting, /endpoint=https:\/\/[^\s]+\/;accesskey=\S+/);
  assert.ok(greeting.includes(dataDir));
  assert.match(greeting, /development-ca\.pem/);

  const second = await dialplane('up', '--data-dir', dataDir, '--https-port', '0', '--http-port', '0', '--relay-port', '0', '--relay-second-port', '0', '--sip', 'off', '--media', 'off');
  assert.equal(second.code, 5);
  assert.match(second.errors, /Another Dialplane server works in/);
  const busy = createServer().listen(0);
  await once(busy, 'listening');
  const { port } = busy.address() as AddressInfo;
  const blocked = await dialplane('up', '--data-dir', `${dataDir}-2`, '--https-port', String(port), '--http-port', '0', '--relay-port', '0', '--relay-second-port', '0', '--sip', 'off', '--media', 'off');
  busy.close();
  assert.equal(blocked.code, 3);
  assert.match(blocked.errors, new RegExp(`Port ${port} is in use`));

  child.kill('SIGTERM');
  assert.deepEqual(await ended, [0, null]);
});

test('a second signal ends at once', async (t) => {
  const { child, ended } = await up(t, join(await temporaryFolder(t), 'data'));
  child.kill('SIGINT');
  child.kill('SIGTERM');
  const [code] = await ended;
  assert.ok(code === 0 || code === 143 || code === 130, `${code}`);
});

test('link and connection-string ask the running server', async (t) => {
  const server = await startTestServer(t);
  const link = await dialplane('link', '--data-dir', server.dataDir);
  assert.equal(link.code, 0, link.errors);
  assert.match(link.output, /^https:\/\/\S+\/#\/sign-in\?code=[\w-]+\n$/);
  const callers = await dialplane('link', '--caller', '--data-dir', server.dataDir);
  const mayOperate = await Promise.all([link, callers].map(async ({ output }) => {
    const response = await fetch(`${server.httpUrl}/v1/sign-in`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ displayName: 'Ada', code: output.trim().split('code=')[1] }) });
    return 'operatorToken' in ((await response.json()) as object);
  }));
  assert.deepEqual(mayOperate, [true, false]);
  assert.equal((await dialplane('connection-string', '--data-dir', server.dataDir)).output.trim(), server.connectionString);
  const none = await dialplane('link', '--data-dir', join(server.dataDir, 'none'));
  assert.equal(none.code, 7);
  assert.match(none.errors, /No server is running.*\.\/dialplane up/);
});

test('tokens are made and revoked, whether the server runs or not', async (t) => {
  const server = await startTestServer(t);
  const directory = (token: string): Promise<number> => fetch(`${server.httpUrl}/v1/directory`, { headers: { authorization: `Bearer ${token}` } }).then((response) => response.status);
  const made = await dialplane('token', 'create', '--data-dir', server.dataDir, '--minutes', '60');
  assert.equal(made.code, 0, made.errors);
  const token = made.output.trim();
  const user = String(/User: (\S+)/.exec(made.errors)?.[1]);
  assert.equal(await directory(token), 200);
  assert.equal((await dialplane('token', 'revoke', '--data-dir', server.dataDir, '--user', user)).code, 0);
  assert.equal(await directory(token), 401);

  for (const [words, message] of [
    [['--scopes', 'fly'], /Scopes are some of/], [['--minutes', '5'], /60 to 1440/], [['--user', '8:acs:nobody'], /There is no user/],
  ] as const) {
    const refused = await dialplane('token', 'create', '--data-dir', server.dataDir, ...words);
    assert.equal(refused.code, 1);
    assert.match(refused.errors, message);
  }
  assert.equal((await dialplane('token', 'revoke', '--data-dir', server.dataDir)).code, 2);

  await server.close();
  const offline = await dialplane('token', 'create', '--data-dir', server.dataDir, '--user', user);
  assert.equal(offline.code, 0, offline.errors);
  const again = await startTestServer(t, { dataDir: server.dataDir });
  assert.equal((await fetch(`${again.httpUrl}/v1/directory`, { headers: { authorization: `Bearer ${offline.output.trim()}` } })).status, 200);
});

test('keys are replaced, whether the server runs or not', async (t) => {
  const server = await startTestServer(t);
  const rotate = (key: string): Promise<Outcome> => dialplane('keys', 'rotate', key, '--data-dir', server.dataDir);
  const current = async (): Promise<string> => (await dialplane('connection-string', '--data-dir', server.dataDir)).output;
  const primary = await rotate('primary');
  assert.equal(primary.code, 0, primary.errors);
  assert.match(primary.output, /^endpoint=https:\/\/\S+\/;accesskey=\S+\n$/);
  assert.notEqual(primary.output.trim(), server.connectionString);
  assert.equal(primary.output, await current());
  const secondary = await rotate('secondary');
  assert.match(secondary.output, /^endpoint=.*;accesskey=/);
  assert.equal(primary.output, await current(), 'the primary key is still the same');
  const jwks = async (): Promise<number> => ((await (await fetch(`${server.httpUrl}/.well-known/jwks.json`)).json()) as { keys: unknown[] }).keys.length;
  assert.equal(await jwks(), 1);
  const signing = await rotate('signing');
  assert.deepEqual([signing.code, signing.output], [0, '']);
  assert.equal(await jwks(), 2, 'tokens of the old key can still be verified');
  const unknown = await rotate('master');
  assert.equal(unknown.code, 2);
  assert.match(unknown.errors, /primary, secondary, signing/);

  await server.close();
  const offline = await rotate('primary');
  assert.equal(offline.code, 0, offline.errors);
  const again = await startTestServer(t, { dataDir: server.dataDir });
  assert.equal(offline.output.split('accesskey=')[1]?.trim(), again.connectionString.split('accesskey=')[1]);
});

test('a backup of a running server is restored elsewhere: same tokens, same CA', async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startTestServer(t);
  const token = (await dialplane('token', 'create', '--data-dir', server.dataDir)).output.trim();
  const file = join(folder, 'backup.tar.gz');
  const backup = await dialplane('backup', file, '--data-dir', server.dataDir);
  assert.equal(backup.code, 0, backup.errors);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await dialplane('backup', file, '--data-dir', server.dataDir)).code, 1, 'a backup is never overwritten');
  const blocked = await dialplane('restore', file, '--data-dir', server.dataDir);
  assert.equal(blocked.code, 5, 'the server runs');

  const elsewhere = join(folder, 'elsewhere');
  const restored = await dialplane('restore', file, '--data-dir', elsewhere);
  assert.equal(restored.code, 0, restored.errors);
  const other = await startTestServer(t, { dataDir: elsewhere });
  assert.equal((await fetch(`${other.httpUrl}/v1/directory`, { headers: { authorization: `Bearer ${token}` } })).status, 200);
  assert.equal(await readFile(String(other.certificateAuthorityFile), 'utf8'), await readFile(String(server.certificateAuthorityFile), 'utf8'));

  await writeFile(file, 'rubbish');
  const rubbish = await dialplane('restore', file, '--data-dir', join(folder, 'third'));
  assert.equal(rubbish.code, 1);
  assert.match(rubbish.errors, /not a backup/);
  assert.equal((await dialplane('restore', join(folder, 'missing'), '--data-dir', elsewhere)).code, 1);
  assert.equal((await dialplane('backup', join(folder, 'empty.tar.gz'), '--data-dir', join(folder, 'nothing'))).code, 4);
});

test('doctor examines a running server, and says what is wrong with one that is not there', async (t) => {
  const server = await startTestServer(t);
  const healthy = await dialplane('doctor', '--data-dir', server.dataDir);
  assert.equal(healthy.code, 0, healthy.output);
  assert.ok(healthy.output.includes(`${server.httpsUrl} answers.`), healthy.output);
  assert.match(healthy.output, /Nothing is broken/);
  for (const transport of ['UDP', 'TCP', 'TLS']) assert.match(healthy.output, new RegExp(`ok +The relay works over ${transport} at \\S+ port \\d+: 32000 bytes went through it`));
  assert.match(healthy.output, /ok +No symmetric NAT is between here and the server/);
  const authority = String(server.certificateAuthorityFile);
  const [token = ''] = /eyJ[\w.-]+/.exec((await dialplane('token', 'create', '--user', 'new', '--data-dir', server.dataDir)).output) ?? [];
  const withToken = await dialplane('doctor', '--server', server.httpsUrl, '--ca', authority, '--token', token);
  assert.equal(withToken.code, 0, withToken.output);
  assert.match(withToken.output, /The relay works over TLS/);
  assert.match((await dialplane('doctor', '--server', server.httpsUrl, '--ca', authority, '--token', 'nonsense')).output, /does not accept the access token/);
  const anonymous = await dialplane('doctor', '--server', server.httpsUrl, '--ca', authority);
  assert.match(anonymous.output, /note +The relay itself was not tested, for want of a credential/);
  assert.match(anonymous.output, /ok +STUN answers over TLS at localhost port \d+/);
  const untrusted = await dialplane('doctor', '--server', server.httpsUrl);
  assert.equal(untrusted.code, 1);
  assert.match(untrusted.output, /not trusted here.*ca\.pem/);
  await server.close();
  assert.match((await dialplane('doctor', '--server', server.httpsUrl)).output, /Nothing listens/);
});

test('the systemd unit in the documentation is what the command prints', async () => {
  const file = join(repositoryRoot, 'docs/operations/dialplane.service');
  assert.equal(await readFile(file, 'utf8'), systemdUnit('/opt/dialplane/dialplane'), `run: ./dialplane systemd --program /opt/dialplane/dialplane > ${file}`);
});

test('help loads nothing but the command line', async () => {
  const report = "import { registerHooks } from 'node:module'; registerHooks({ load: (url, context, next) => (console.error(url), next(url, context)) });";
  const { promise, resolve } = Promise.withResolvers<string>();
  execFile(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(report)}`, main, '--help'], (_error, _output, errors) => resolve(errors));
  const loaded = (await promise).split('\n').filter((url) => url.includes('/packages/')).map((url) => /packages\/([\w-]+)/.exec(url)?.[1]);
  assert.ok(loaded.length > 10);
  assert.deepEqual([...new Set(loaded)].toSorted(), ['server', 'telemetry']);
});
