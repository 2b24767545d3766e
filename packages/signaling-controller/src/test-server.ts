import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operations, type EventEnvelope, type EndpointEvent, type OperationBody, type OperationId, type OperationParams, type OperationQuery, type OperationResponse } from '@dialplane/calling-api';
import { Identity } from '@dialplane/identity';
import type { MediaControl } from '@dialplane/media-api';
import { openRelayControl, type RelayControl, type RelayPlace } from '@dialplane/relay';
import { openStore, type Store } from '@dialplane/store';
import { createLogger, createMetrics, type Logger, type Metrics } from '@dialplane/telemetry';
import type { TelephoneControl } from '@dialplane/telephony-api';
import { fastify, type FastifyInstance } from 'fastify';
import { createSignalingController, defaultSignalingLimits, errorHandler, fastifyOptions, notFoundHandler, type ApplicationSurroundings, type SignalingController, type SignalingLimits } from './index.ts';
import { TestClock } from './test-clock.ts';

export interface TestServerOptions {
  /** Goes on in the data directory of an earlier server. */
  readonly dataDir?: string;
  readonly clock?: TestClock;
  readonly limits?: Partial<SignalingLimits>;
  readonly developmentSignIn?: boolean;
  /** With the relay's control side; where the relay is, and whether it is, may change. */
  readonly relay?: { place: RelayPlace | undefined };
  readonly media?: MediaControl;
  readonly telephony?: TelephoneControl;
  readonly applications?: ApplicationSurroundings;
}

/** Limits that no test reaches by accident. */
export const generousLimits: SignalingLimits = {
  ...defaultSignalingLimits,
  requests: { perUser: { perSecond: 10_000, burst: 10_000 }, perAddress: { perSecond: 10_000, burst: 10_000 } },
};

/** The controller with its real store and identity, listening on loopback. */
export class TestServer {
  readonly dataDir: string;
  readonly clock: TestClock;
  readonly store: Store;
  readonly identity: Identity;
  readonly metrics: Metrics;
  readonly controller: SignalingController;
  readonly relay: RelayControl | undefined;
  readonly url: string;
  private readonly http: FastifyInstance;
  private readonly readerClosings = new EventEmitter();

  private constructor(parts: { dataDir: string; clock: TestClock; store: Store; identity: Identity; metrics: Metrics; controller: SignalingController; relay: RelayControl | undefined; http: FastifyInstance }) {
    this.dataDir = parts.dataDir;
    this.clock = parts.clock;
    this.store = parts.store;
    this.identity = parts.identity;
    this.metrics = parts.metrics;
    this.controller = parts.controller;
    this.relay = parts.relay;
    this.http = parts.http;
    parts.http.server.on('request', (request, response) => {
      if (request.url?.includes('/events') === true) response.once('close', () => this.readerClosings.emit('closed'));
    });
    this.url = `http://127.0.0.1:${(parts.http.server.address() as AddressInfo).port}`;
  }

  static async start(options: TestServerOptions = {}): Promise<TestServer> {
    const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'dialplane-signaling-'));
    const clock = options.clock ?? new TestClock();
    const logger = createLogger({ level: process.env['TEST_LOG'] === undefined ? 'silent' : 'debug' });
    const metrics = createMetrics();
    const store = await openStore({ dataDir });
    const identity = await Identity.open({ store, logger, metrics, endpoint: () => 'https://calls.example.org', now: () => clock.wallMs() });
    const relay = options.relay === undefined ? undefined : await openTestRelay(options.relay, { dataDir, store, logger, identity, clock });
    const controller = createSignalingController({
      store,
      identity,
      logger,
      metrics,
      clock,
      ...(relay !== undefined && { relay: relay.service }),
      ...(options.media !== undefined && { media: options.media }),
      ...(options.telephony !== undefined && { telephony: options.telephony }),
      ...(options.applications !== undefined && { applications: options.applications }),
      configuration: {
        serverInfo: { name: 'Dialplane', version: '0.1.0', capabilities: { mediaProcessor: false, relay: false, telephony: false } },
        serverOptions: [],
        developmentSignIn: options.developmentSignIn ?? true,
        publicUrl: () => 'https://calls.example.org',
        recordRetentionDays: 30,
        limits: { ...generousLimits, ...options.limits },
      },
    });
    const http = fastify({ ...fastifyOptions });
    http.setErrorHandler(errorHandler(logger));
    http.setNotFoundHandler(notFoundHandler);
    await http.register(controller.plugin);
    await controller.restore();
    await http.listen({ port: 0, host: '127.0.0.1' });
    return new TestServer({ dataDir, clock, store, identity, metrics, controller, relay, http });
  }

  /** A new user's access token. */
  async token(scopes: ReadonlyArray<'voip' | 'voip.join' | 'chat'> = ['voip'], identifier?: string): Promise<{ readonly token: string; readonly identifier: string }> {
    const user = identifier ?? (await this.identity.createUser({ resourceId: this.identity.resources.default.id }));
    const issued = await this.identity.issueAccessToken({ identifier: user, scopes });
    if (!issued.ok) throw new Error(issued.code);
    return { token: issued.token, identifier: user };
  }

  /** A new user with a registered endpoint and an open event stream, whose `sync` has been read. */
  async client(displayName: string, identifier?: string): Promise<TestClient> {
    const { token, identifier: user } = await this.token(['voip'], identifier);
    const client = await TestClient.register(this.url, token, user, displayName);
    await client.connect();
    await client.next('sync');
    return client;
  }

  /** Resolves when the controller has noticed that an event stream or poll closed. */
  readerClosed(): Promise<void> {
    return new Promise((resolve) => {
      this.readerClosings.once('closed', () => setImmediate(resolve));
    });
  }

  async stop(): Promise<void> {
    await this.controller.close();
    await this.http.close();
    await this.relay?.close();
    await this.store.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop().finally(() => rmSync(this.dataDir, { recursive: true, force: true }));
  }
}

function openTestRelay(relay: { readonly place: RelayPlace | undefined }, { dataDir, store, logger, identity, clock }: Pick<TestServer, 'dataDir' | 'store' | 'identity' | 'clock'> & { readonly logger: Logger }): Promise<RelayControl> {
  const day = 86_400_000;
  return openRelayControl({
    store, dataDir, logger, secret: 'of the test', resourceId: () => identity.resources.default.id, place: () => relay.place,
    addressRetentionMs: 30 * day, usageRetentionMs: 400 * day, now: () => clock.wallMs(),
  });
}

export interface Asked<Id extends OperationId> {
  readonly status: number;
  readonly headers: Headers;
  /** As promised by the operation for its own status; an `ErrorResponse` otherwise. */
  readonly body: NonNullable<OperationResponse<Id>> & { readonly error?: { readonly code: string; readonly message: string; readonly target?: string } };
}

export interface AskOptions<Id extends OperationId> {
  readonly params?: OperationParams<Id>;
  readonly query?: OperationQuery<Id>;
  readonly body?: OperationBody<Id>;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request of an operation as its table describes it. */
export async function ask<Id extends OperationId>(url: string, id: Id, options: AskOptions<Id> = {}): Promise<Asked<Id>> {
  const { method, path } = operations[id];
  const params = (options.params ?? {}) as Readonly<Record<string, string>>;
  const query = new URLSearchParams(Object.entries((options.query ?? {}) as Record<string, unknown>).map(([name, value]): [string, string] => [name, String(value)]));
  const target = path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => encodeURIComponent(params[name] ?? ''));
  const response = await fetch(`${url}${target}${query.size > 0 ? `?${query}` : ''}`, {
    method,
    headers: {
      ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
      ...(options.body !== undefined && { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: (text === '' ? undefined : JSON.parse(text)) as Asked<Id>['body'] };
}

type EventOf<Type extends EndpointEvent['type']> = Extract<EndpointEvent, { readonly type: Type }>;

/** A client of the calling API with one endpoint, over real sockets. */
export class TestClient {
  readonly url: string;
  token: string;
  readonly identifier: string;
  readonly endpointId: string;
  lastEventId: string | undefined;
  private readonly aborter = new AbortController();
  private stream: AsyncGenerator<EventEnvelope> | undefined;

  private constructor(url: string, token: string, identifier: string, endpointId: string) {
    this.url = url;
    this.token = token;
    this.identifier = identifier;
    this.endpointId = endpointId;
  }

  static async register(url: string, token: string, identifier: string, displayName: string): Promise<TestClient> {
    const { status, body } = await ask(url, 'registerEndpoint', { token, body: { displayName, client: { sdkVersion: '1.46.0', platform: 'test' } } });
    if (status !== 201) throw new Error(`registerEndpoint: ${status} ${JSON.stringify(body)}`);
    return new TestClient(url, token, identifier, body.endpointId);
  }

  /** The same client against another address: the server was restarted. */
  at(url: string): TestClient {
    const client = new TestClient(url, this.token, this.identifier, this.endpointId);
    client.lastEventId = this.lastEventId;
    return client;
  }

  ask<Id extends OperationId>(id: Id, options: AskOptions<Id> = {}): Promise<Asked<Id>> {
    return ask(this.url, id, { token: this.token, ...options });
  }

  /** Opens the event stream, after the last event that was read. */
  async connect(after = this.lastEventId): Promise<void> {
    const response = await fetch(`${this.url}/v1/endpoints/${this.endpointId}/events`, {
      headers: { authorization: `Bearer ${this.token}`, ...(after !== undefined && { 'last-event-id': after }) },
      signal: this.aborter.signal,
    });
    if (response.status !== 200 || response.body === null) throw new Error(`events: ${response.status} ${await response.text()}`);
    this.stream = readEvents(response.body);
  }

  /** The next event, whatever it is; `undefined` when the stream ended. */
  async nextEnvelope(): Promise<EventEnvelope | undefined> {
    const next = await this.stream?.next();
    if (next === undefined || next.done === true) return undefined;
    this.lastEventId = next.value.eventId;
    return next.value;
  }

  /** The next event of a type (and kind), passing over others. */
  async next<Type extends EndpointEvent['type']>(type: Type, matches: (event: EventOf<Type>) => boolean = () => true): Promise<EventOf<Type>> {
    for (;;) {
      const envelope = await this.nextEnvelope();
      if (envelope === undefined) throw new Error(`the stream ended before ${type}`);
      if (envelope.event.type === type && matches(envelope.event as EventOf<Type>)) return envelope.event as EventOf<Type>;
    }
  }

  disconnect(): void {
    this.aborter.abort();
  }
}

async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<EventEnvelope> {
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const data = text.slice(0, end).split('\n').find((line) => line.startsWith('data: '));
      text = text.slice(end + 2);
      if (data !== undefined) yield JSON.parse(data.slice(6)) as EventEnvelope;
    }
  }
}

/** A session description as a browser makes it, with an audio section `0`. */
export function testSdp(fragment = 'abcd'): string {
  return [
    'v=0', 'o=- 4611731400430051336 2 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0', 'm=audio 9 UDP/TLS/RTP/SAVPF 111', 'c=IN IP4 0.0.0.0',
    `a=ice-ufrag:${fragment}`, 'a=ice-pwd:abcdefghijklmnopqrstuvwx', 'a=mid:0', 'a=sendrecv', 'a=rtpmap:111 opus/48000/2', '',
  ].join('\r\n');
}

/** An offer or answer around {@link testSdp}. */
export function testDescription(type: 'offer' | 'answer', revision = 1): NonNullable<OperationBody<'startCall'>['description']> {
  return { type, sdp: testSdp(), revision, ...(type === 'answer' && { answers: 1 }), streams: [{ mid: '0', mediaStreamType: 'Audio' }] };
}

export interface ConnectedCall {
  readonly alice: TestClient;
  readonly bob: TestClient;
  readonly callId: string;
  readonly bobsMediaSessionId: string;
  /** The request that started the call, to be sent again. */
  readonly repeat: AskOptions<'startCall'>;
}

/** Alice has called Bob, who answered, and media flows. */
export async function connectedCall(server: TestServer): Promise<ConnectedCall> {
  const alice = await server.client('Alice');
  const bob = await server.client('Bob');
  const repeat = {
    headers: { 'repeatability-request-id': randomUUID() },
    body: { endpointId: alice.endpointId, targets: [bob.identifier], description: testDescription('offer') },
  };
  const started = await alice.ask('startCall', repeat);
  const { callId } = started.body;
  await bob.next('incomingCall');
  const accepted = await bob.ask('acceptCall', { params: { callId }, body: { endpointId: bob.endpointId, description: testDescription('answer') } });
  await alice.next('mediaDescription');
  const bobsMediaSessionId = accepted.body.mediaSessions[0]?.mediaSessionId ?? '';
  await alice.ask('reportMedia', {
    params: { callId, mediaSessionId: started.body.mediaSessions[0]?.mediaSessionId ?? '' },
    body: { endpointId: alice.endpointId, state: 'connected' },
  });
  await bob.ask('reportMedia', { params: { callId, mediaSessionId: bobsMediaSessionId }, body: { endpointId: bob.endpointId, state: 'connected' } });
  await bob.next('callStateChanged', ({ state }) => state === 'Connected');
  return { alice, bob, callId, bobsMediaSessionId, repeat };
}
