import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { FlowDetail, OperationResponse } from '@dialplane/calling-api';
import type { Page } from 'playwright-core';
import type { CallClientOptions } from './public/call-client.ts';
import { TestBrowser } from './test-browser.ts';
import type { PageCaller } from './test-call-page.ts';
import { TestWholeServer } from './test-whole-server.ts';

declare const caller: PageCaller;

let browser: TestBrowser;
let server: TestWholeServer;
before(async () => {
  browser = await TestBrowser.launch();
  server = await TestWholeServer.start();
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

type NetworkTest = OperationResponse<'getNetworkConfiguration'>;

interface Person {
  readonly page: Page;
  readonly errors: string[];
  readonly identifier: string;
  readonly token: string;
}

/** Somebody signed in on a page, with a TURN server of the application's own where `turnUrl` names one. */
async function person(displayName: string, turnUrl?: (network: NetworkTest) => string): Promise<Person> {
  const { page, errors } = await browser.open({ entry: join(import.meta.dirname, 'test-call-page.ts') });
  await page.waitForFunction(() => 'caller' in globalThis);
  const { token, identifier, network } = await server.person(displayName);
  const { username = '', credential = '' } = network;
  const turn = turnUrl === undefined ? {} : { networkConfiguration: { turn: { iceServers: [{ urls: turnUrl(network), username, credential }] } } };
  const options: Pick<CallClientOptions, 'endpoint' | 'networkConfiguration'> = { endpoint: server.url, ...turn };
  await page.evaluate(([token, name, options]) => caller.signIn(token, name, options), [token, displayName, options] as const);
  return { page, errors, identifier, token };
}

/** What the clients told of a call, once `isThere` is among it. */
async function toldOf(token: string, isThere: (detail: FlowDetail) => boolean): Promise<readonly FlowDetail[]> {
  for (;;) {
    const { value } = await server.ask<OperationResponse<'listCalls'>>('GET', '/v1/calls?limit=1', token);
    const flow = await server.ask<OperationResponse<'getCallFlow'>>('GET', `/v1/calls/${value[0]?.callId}/flow`, token);
    const details = flow.events.map(({ detail }) => detail);
    if (details.some(isThere)) return details;
  }
}

test("with an application's own TURN server media is relayed, over the transport that its URL names", async () => {
  const tcp = ({ servers }: NetworkTest) => servers[0]?.relayUrls.find(({ transport }) => transport === 'tcp')?.url ?? '';
  const [alice, bob] = await Promise.all([person('Alice', tcp), person('Bob')]);
  await alice.page.evaluate((identifier) => caller.start(identifier), bob.identifier);
  await bob.page.evaluate(() => caller.accept());
  await alice.page.evaluate(() => caller.decodesAudio());
  assert.equal(await alice.page.evaluate(() => caller.localPath()), 'relay tcp');
  await alice.page.evaluate(() => caller.hangUp());
  const told = await toldOf(alice.token, (detail) => detail.kind === 'candidatePair' && detail.outcome === 'selected' && detail.local.relayProtocol === 'tcp');
  const gathered = told.flatMap((detail) => (detail.kind === 'candidateGathered' && detail.candidate.relayProtocol !== undefined ? [detail.candidate.candidateType] : []));
  assert.ok(gathered.length > 0 && gathered.every((type) => type === 'relay'));
  assert.deepEqual([...alice.errors, ...bob.errors], []);
});

test('without an answer from the only TURN server the call ends with 410/3112 soon, and the diagnostics and the flow tell why', async () => {
  const closed = await closedPort();
  const [alice, bob] = await Promise.all([person('Alice', ({ servers }) => `turn:${bracketed(servers[0]?.host ?? '')}:${closed}?transport=tcp`), person('Bob')]);
  await alice.page.evaluate((identifier) => caller.start(identifier), bob.identifier);
  await bob.page.evaluate(() => caller.acceptSilently());
  await alice.page.evaluate(() => caller.networkDiagnosticIs('networkRelaysNotReachable', true));
  await Promise.all([alice, bob].map(({ page }) => page.evaluate(() => caller.reaches('Disconnected'))));
  assert.deepEqual(await Promise.all([alice, bob].map(({ page }) => page.evaluate(() => caller.endReason()))), ['410/3112', '410/3112']);
  await toldOf(alice.token, (detail) => detail.kind === 'candidateError' && detail.errorCode === 701 && detail.url.endsWith(`:${closed}?transport=tcp`));
});

/** A port on which nothing listens. */
async function closedPort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, resolve));
  const address = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 9;
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

test('a device without a network says so, and is well again with the network', async () => {
  const [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
  await alice.page.evaluate((identifier) => caller.start(identifier), bob.identifier);
  await bob.page.evaluate(() => caller.accept());
  await alice.page.evaluate(() => caller.decodesAudio());
  await alice.page.evaluate(() => caller.watchDiagnostics());
  await alice.page.context().setOffline(true);
  await alice.page.evaluate(() => caller.networkDiagnosticIs('noNetwork', true));
  await alice.page.evaluate(() => caller.networkDiagnosticIs('networkReconnect', 3));
  await alice.page.context().setOffline(false);
  await alice.page.evaluate(() => caller.networkDiagnosticIs('noNetwork', false));
  await alice.page.evaluate(() => caller.networkDiagnosticIs('networkReconnect', 1));
  await alice.page.evaluate(() => caller.hangUp());
  await bob.page.evaluate(() => caller.reaches('Disconnected'));
  await toldOf(alice.token, (detail) => detail.kind === 'clientDecision' && detail.what === 'another connection' && detail.why === 'the network of this device changed');
});
