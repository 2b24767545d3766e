import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { sdkVersion } from './version.ts';

const root = resolve(import.meta.dirname, '..');
const repository = resolve(root, '../..');
const folder = mkdtempSync(join(tmpdir(), 'dialplane-package-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function run(command: string, ...words: string[]): string {
  return execFileSync(command, words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Throws with what the compiler says. */
function typeCheck(moduleKind: readonly string[], files: readonly string[]): void {
  // Node's types are for the Azure packages, which use them.
  const types = ['--types', 'node', '--typeRoots', join(repository, 'node_modules/@types')];
  const language = ['--strict', '--exactOptionalPropertyTypes', '--target', 'es2022', '--lib', 'es2022,dom,dom.iterable,esnext.disposable'];
  const { status, stdout } = spawnSync(join(repository, 'node_modules/.bin/tsc'), ['--noEmit', ...language, ...types, ...moduleKind, ...files], { cwd: folder, encoding: 'utf8' });
  assert.equal(status, 0, stdout);
}

/** An application written for `@azure/communication-calling`. */
const application = `
import { CallClient, DiagnosticQuality, Features, LocalVideoStream, VideoStreamRenderer } from '@azure/communication-calling';
import type { Call, CallAgent, IncomingCall, RemoteParticipant, RemoteVideoStream, StartCallOptions, VideoDeviceInfo } from '@azure/communication-calling';
import { AzureCommunicationTokenCredential } from '@azure/communication-common';

export async function signIn(token: string): Promise<CallAgent> {
  const client = new CallClient({ diagnostics: { appName: 'shop', appVersion: '1.0', tags: ['web'] } });
  const agent = await client.createCallAgent(new AzureCommunicationTokenCredential(token), { displayName: 'Ada' });
  agent.on('incomingCall', async ({ incomingCall }: { incomingCall: IncomingCall }) => follow(await incomingCall.accept()));
  agent.on('callsUpdated', ({ added, removed }) => console.log(added.length, removed[0]?.callEndReason?.subCode));
  return agent;
}

export function ring(agent: CallAgent, camera: VideoDeviceInfo): Call {
  const options: StartCallOptions = { videoOptions: { localVideoStreams: [new LocalVideoStream(camera)] } };
  return agent.startCall([{ communicationUserId: '8:acs:x_y' }, { phoneNumber: '+15550100' }], options);
}

function follow(call: Call): void {
  call.on('remoteParticipantsUpdated', ({ added }) => added.forEach(watch));
  call.feature(Features.DominantSpeakers).on('dominantSpeakersChanged', () => {});
  const { network } = call.feature(Features.UserFacingDiagnostics);
  network.on('diagnosticChanged', ({ value }) => console.log(value === DiagnosticQuality.Bad));
}

function watch(participant: RemoteParticipant): void {
  const show = async (stream: RemoteVideoStream) => {
    if (stream.isAvailable) document.body.append((await new VideoStreamRenderer(stream).createView({ scalingMode: 'Crop' })).target);
  };
  participant.videoStreams.forEach(show);
  participant.on('videoStreamsUpdated', ({ added }) => added.forEach(show));
}
`;

test('the tarball installs under the name of the Azure package, and an application type-checks and runs', () => {
  execFileSync(process.execPath, [join(root, 'build/build.ts'), '--pack', '--out', join(folder, 'dist')], { stdio: 'pipe' });

  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'shop', private: true, type: 'module' }));
  run('npm', 'install', '--offline', '--legacy-peer-deps', '--no-audit', '--no-fund', `@azure/communication-calling@file:dist/dialplane-calling-${sdkVersion}.tgz`);
  mkdirSync(join(folder, 'node_modules/@azure'), { recursive: true });
  symlinkSync(join(repository, 'node_modules/@azure/communication-common'), join(folder, 'node_modules/@azure/communication-common'));

  writeFileSync(join(folder, 'application.ts'), application);
  for (const moduleKind of [['--module', 'preserve', '--moduleResolution', 'bundler'], ['--module', 'nodenext']]) typeCheck(moduleKind, ['application.ts']);

  const list = "Object.keys(sdk).sort().join(' ')";
  const viaImport = run(process.execPath, '--input-type=module', '-e', `import * as sdk from '@azure/communication-calling'; new sdk.CallClient(); console.log(${list})`);
  const viaRequire = run(process.execPath, '--input-type=commonjs', '-e', `const sdk = require('@azure/communication-calling'); console.log(${list})`);
  assert.equal(viaImport, viaRequire);
  for (const name of ['CallClient', 'Features', 'LocalAudioStream', 'LocalVideoStream', 'VideoStreamRenderer', 'DiagnosticQuality', 'CallKind']) assert.match(viaImport, new RegExp(`\\b${name}\\b`));
});

test('the code in the README type-checks against the package', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code);
  assert.ok(examples.length >= 3);
  mkdirSync(join(folder, 'node_modules/@dialplane'), { recursive: true });
  symlinkSync(join(folder, 'dist/package'), join(folder, 'node_modules/@dialplane/calling'));
  writeFileSync(join(folder, 'wrtc.d.ts'), "declare module '@roamhq/wrtc';\n");
  const files = examples.map((code, index) => {
    const file = `example-${index}.ts`;
    writeFileSync(join(folder, file), code);
    return file;
  });
  typeCheck(['--module', 'nodenext'], ['wrtc.d.ts', ...files]);
});

test('the version that clients report is the one of the package', () => {
  assert.equal((JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version, sdkVersion);
});

test('the published bundle has neither schemas nor private fields', () => {
  const bundle = readFileSync(join(folder, 'dist/package/index.js'), 'utf8');
  assert.doesNotMatch(bundle, /typebox/i);
  // Applications wrap these objects in Proxy, whose methods cannot reach #private members.
  assert.doesNotMatch(bundle, /this\.#/);
});
