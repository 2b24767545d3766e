import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { commands } from '../commands/index.ts';
import { repositoryRoot } from '../repository.ts';
import { Failure } from '../failures.ts';
import type { Command, Invocation } from './command.ts';
import { optionsReference } from './help.ts';
import { OptionError, optionTable, readServerOptions } from './options.ts';
import { optionsInForce } from './options-in-force.ts';
import { runCommandLine } from './run-command-line.ts';

async function run(words: readonly string[], known: readonly Command[] = commands, environment: NodeJS.ProcessEnv = {}) {
  let output = '';
  let errors = '';
  const code = await runCommandLine(known, {
    arguments: words, environment, version: '1.2.3', print: (text) => { output += text; }, complain: (text) => { errors += text; },
  });
  return { code, output, errors };
}

function recordingCommand(): { readonly command: Command; readonly invocations: Invocation[] } {
  const invocations: Invocation[] = [];
  const command: Command = {
    name: 'try it', summary: 'Try', options: ['httpsPort', 'certFile', 'keyFile'], positionals: ['FILE', 'OTHER?'],
    flags: { quick: { type: 'boolean', description: 'Quickly' }, user: { type: 'string', description: 'Who' } },
    run: async (invocation) => {
      invocations.push(invocation);
      return 7;
    },
  };
  return { command, invocations };
}

test('without a command, help is shown and the exit code is that of bad usage', async () => {
  const { code, output } = await run([]);
  assert.equal(code, 2);
  assert.match(output, /Usage: \.\/dialplane COMMAND/);
});

test('help names every command, and every command has its own help', async () => {
  const { code, output } = await run(['--help']);
  assert.equal(code, 0);
  for (const command of commands) {
    assert.ok(output.includes(`  ${command.name}`), command.name);
    const help = await run([...command.name.split(' '), '--help']);
    assert.equal(help.code, 0);
    assert.match(help.output, new RegExp(`^Usage: \\./dialplane ${command.name}`));
    for (const key of command.options) assert.ok(help.output.includes(`--${optionTable[key].name}`), `${command.name} ${key}`);
    assert.ok(help.output.split('\n').every((line) => line.length <= 110), 'lines fit a terminal');
  }
});

test('the version is printed', async () => {
  assert.deepEqual(await run(['--version']), { code: 0, output: '1.2.3\n', errors: '' });
});

test('what is unknown is named, and the exit code is 2', async () => {
  assert.match((await run(['dance'])).errors, /no command "dance"/);
  assert.equal((await run(['dance'])).code, 2);
  assert.match((await run(['--dance'])).errors, /no option "--dance"/);
  const { command } = recordingCommand();
  const option = await run(['try', 'it', 'file', '--dance'], [command]);
  assert.equal(option.code, 2);
  assert.match(option.errors, /--dance/);
  assert.match(option.errors, /try it --help/);
  assert.match((await run(['try'], [command])).errors, /try it/);
});

test('positionals are counted', async () => {
  const { command } = recordingCommand();
  const missing = await run(['try', 'it'], [command]);
  assert.equal(missing.code, 2);
  assert.match(missing.errors, /FILE is missing/);
  const extra = await run(['try', 'it', 'a', 'b', 'c'], [command]);
  assert.equal(extra.code, 2);
  assert.match(extra.errors, /"c"/);
});

test('a command gets its options, flags and positionals, and says the exit code', async () => {
  const { command, invocations } = recordingCommand();
  const { code } = await run(['try', 'it', 'a', '--https-port', '443', '--quick', '--user=new'], [command]);
  assert.equal(code, 7);
  const [invocation] = invocations;
  assert.equal(invocation?.options.httpsPort, 443);
  assert.deepEqual(invocation?.positionals, ['a']);
  assert.deepEqual(invocation?.flags, { quick: true, user: 'new', 'no-install': undefined });
});

test('installing can be forbidden by the environment too', async () => {
  const { command, invocations } = recordingCommand();
  await run(['try', 'it', 'a'], [command], { DIALPLANE_NO_INSTALL: '1' });
  assert.equal(invocations[0]?.flags['no-install'], true);
});

test('a failure of the world becomes its sentence and its exit code', async () => {
  const { command } = recordingCommand();
  const failing: Command = { ...command, run: async () => { throw new Failure('PORT_IN_USE', '8443', new Error('EADDRINUSE')); } };
  const { code, errors } = await run(['try', 'it', 'a'], [failing]);
  assert.equal(code, 3);
  assert.match(errors, /Port 8443 is in use.*--https-port.*EADDRINUSE/);
});

test('the command line goes before the environment, and that before the preset', () => {
  assert.equal(readServerOptions({}, {}).httpsPort, 8443);
  assert.equal(readServerOptions({}, { DIALPLANE_HTTPS_PORT: '9443' }).httpsPort, 9443);
  assert.equal(readServerOptions({}, { DIALPLANE_HTTPS_PORT: '' }).httpsPort, 8443);
  assert.equal(readServerOptions({ 'https-port': '1443' }, { DIALPLANE_HTTPS_PORT: '9443' }).httpsPort, 1443);
});

test('bad values are refused with the option, the value and what would be right', () => {
  const refused: readonly (readonly [Record<string, string>, RegExp])[] = [
    [{ 'https-port': '99999' }, /--https-port cannot be "99999".*65535/],
    [{ 'http-port': '-1' }, /--http-port/],
    [{ 'http-port': '8080.5' }, /--http-port/],
    [{ 'record-retention-days': '0' }, /1 to 3650/],
    [{ 'development-sign-in': 'yes' }, /on or off/],
    [{ 'log-level': 'loud' }, /error, warn, info, debug/],
    [{ 'allow-origin': 'https://app.example.com/path' }, /origin/],
    [{ 'public-address': 'not a name' }, /host names and IP addresses/],
    [{ domain: '192.0.2.1' }, /DNS name/],
    [{ 'acme-directory': 'http://ca.example' }, /https/],
    [{ cert: 'a.pem' }, /go together/],
    [{ cert: 'a.pem', key: 'b.pem', domain: 'calls.example.com' }, /not both/],
    [{ 'https-port': '8080' }, /have to differ/],
  ];
  for (const [given, message] of refused) assert.throws(() => readServerOptions(given, {}), (error) => error instanceof OptionError && message.test(error.message), JSON.stringify(given));
  assert.throws(() => readServerOptions({}, { DIALPLANE_HTTP_PORT: 'x' }), /DIALPLANE_HTTP_PORT/);
});

test('lists and paths are read', () => {
  const options = readServerOptions({ 'public-address': 'Calls.Example.com, 192.0.2.7,2001:db8::1', 'allow-origin': 'https://a.example,http://localhost:3000', 'data-dir': 'data' }, {});
  assert.deepEqual(options.publicAddresses, ['calls.example.com', '192.0.2.7', '2001:db8::1']);
  assert.deepEqual(options.allowedOrigins, ['https://a.example', 'http://localhost:3000']);
  assert.equal(options.dataDir, resolve('data'));
});

test('docs/reference/options.md is the table', () => {
  assert.equal(readFileSync(resolve(repositoryRoot, 'docs/reference/options.md'), 'utf8'), optionsReference(), 'run: node tools/write-options-reference.ts');
});

test('options in force are told as they would be written', () => {
  const given = { 'sip': 'off', 'sip-port': '0', 'trunk-ports': '40000-41000', 'relay-allow-peers': 'none', 'public-address': 'calls.example.com,203.0.113.9', 'webhooks': 'private' };
  for (const texts of [{}, given]) {
    const options = readServerOptions(texts, {});
    const told = optionsInForce(options);
    assert.deepEqual(readServerOptions(Object.fromEntries(told.map(({ name, value }) => [name, value])), {}), options);
    assert.deepEqual(told.filter(({ isPreset }) => !isPreset).map(({ name }) => name).toSorted(), Object.keys(texts).toSorted());
  }
});

test('options of the relay are read, and what is wrong with one is said', () => {
  const read = (given: Record<string, string>) => readServerOptions(given, {});
  const { relay, relayPort, relayPorts, relayAllowPeers } = read({});
  assert.deepEqual([relay, relayPort, relayPorts, relayAllowPeers], [true, 3478, { first: 53_248, last: 65_535 }, undefined]);
  assert.deepEqual(read({ 'relay-ports': '50000-50010' }).relayPorts, { first: 50_000, last: 50_010 });
  assert.deepEqual(read({ 'relay-allow-peers': 'none' }).relayAllowPeers, []);
  assert.deepEqual(read({ 'relay-allow-peers': '10.0.0.0/8, fd00::/8' }).relayAllowPeers, ['10.0.0.0/8', 'fd00::/8']);
  for (const [name, text, sentence] of [
    ['relay-ports', '50000', /two ports/], ['relay-ports', '50010-50000', /two ports/], ['relay-ports', '1-70000', /two ports/],
    ['relay-allow-peers', '10.0.0.0', /ranges like/], ['relay-allow-peers', '10.0.0.0/33', /ranges like/], ['relay-allow-peers', 'home/8', /ranges like/],
    ['relay-user-megabits', '0', /number from 1/], ['relay-second-port', '3478', /have to differ/], ['relay', 'maybe', /on or off/],
  ] as const) {
    assert.throws(() => read({ [name]: text }), (error) => error instanceof OptionError && sentence.test(error.message), `${name} ${text}`);
  }
});
