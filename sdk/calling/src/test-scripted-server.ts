import { randomUUID } from 'node:crypto';
import type { Call as CallView, EndpointEvent, Participant } from '@dialplane/calling-api';
import { UserCallAgent } from './call-agent.ts';
import { createLocalMedia } from './devices/local-media.ts';
import { hostPlatform, type Platform } from './platform.ts';
import type { TokenCredential, WebrtcImplementation } from './public/call-client.ts';
import { EndpointConnection } from './signaling/endpoint-connection.ts';
import { routes, type RoutedOperation } from './signaling/routes.ts';
import { createRemoteAudioStream } from './streams/remote-audio-stream.ts';

/** A request that the client has sent and the test answers when it wants. */
export interface ScriptedRequest {
  readonly operation: RoutedOperation;
  readonly path: string;
  readonly token: string;
  readonly requestId: string | undefined;
  readonly body: unknown;
  answer(status: number, body?: unknown): void;
  /** As a network that is gone. */
  fail(): void;
}

/**
 * A server that does nothing of its own but register endpoints: each other request waits for the test's answer, and events
 * are sent when the test says so. It is reached through `platform.fetch`, so that a test decides about every order.
 */
export class ScriptedServer {
  readonly self = '8:acs:resource_self';
  readonly endpointId = randomUUID();
  /** Every request, in the order they were sent. */
  readonly requests: ScriptedRequest[] = [];
  private readonly fresh: ScriptedRequest[] = [];
  private events: ReadableStreamDefaultController<Uint8Array> | undefined;
  private changed = () => {};
  private eventId = 0;
  private readonly answeredAtOnce = new Set<RoutedOperation>(['registerEndpoint', 'closeEndpoint', 'reportRinging', 'reportTelemetry', 'renewEndpoint', 'sendCandidates', 'reportMedia']);

  private readonly connections: EndpointConnection[] = [];

  /** Requests of this operation wait for the test from now on, too. */
  hold(operation: RoutedOperation): void {
    this.answeredAtOnce.delete(operation);
  }

  /** The next request of this operation that was not taken yet. */
  async next(operation: RoutedOperation): Promise<ScriptedRequest> {
    for (;;) {
      const index = this.fresh.findIndex((request) => request.operation === operation);
      const [request] = index === -1 ? [] : this.fresh.splice(index, 1);
      if (request !== undefined) return request;
      await new Promise<void>((resolve) => {
        const before = this.changed;
        this.changed = () => {
          before();
          resolve();
        };
      });
    }
  }

  /** Delivers an event. Resolves when the client has read it. */
  async send(event: EndpointEvent): Promise<void> {
    this.eventId += 1;
    const envelope = { eventId: String(this.eventId), time: new Date().toISOString(), event };
    this.events?.enqueue(new TextEncoder().encode(`id: ${this.eventId}\nevent: ${event.type}\ndata: ${JSON.stringify(envelope)}\n\n`));
    await new Promise((resolve) => setImmediate(resolve));
  }

  platform(webrtc?: WebrtcImplementation, overrides: Partial<Platform> = {}): Platform {
    return { ...hostPlatform(webrtc === undefined ? {} : { webrtc }), fetch: (input, init) => this.receive(String(input), init ?? {}), random: () => 0, ...overrides };
  }

  /** Signs in. */
  async open(platform = this.platform(), credential?: TokenCredential): Promise<{ readonly agent: UserCallAgent; readonly connection: EndpointConnection }> {
    const connection: EndpointConnection = new EndpointConnection({
      platform,
      baseUrl: 'https://server.test',
      credential: credential ?? { getToken: async () => ({ token: testToken(Date.now() + 3_600_000) }), dispose: () => {} },
      registration: {},
      onEvent: (event) => agent.handleEvent(event),
      onConnectedChanged: (isConnected, reason) => agent.connected(isConnected, reason),
      onLost: (loss) => agent.endpointLost(loss),
    });
    const services = { platform, connection, localMedia: createLocalMedia(platform), networkConfiguration: undefined, createRemoteAudioStream, selfRawId: this.self };
    const agent: UserCallAgent = new UserCallAgent({ services, displayName: undefined, onDisposed: () => {} });
    this.connections.push(connection);
    await connection.open();
    agent.connected(true, undefined);
    await this.next('receiveEvents');
    return { agent, connection };
  }

  /** A call as the server shows it to this client. */
  view(members: Partial<CallView> = {}): CallView {
    return {
      callId: randomUUID(), serverCallId: 'server-call', kind: 'group', topology: 'backend', direction: 'Outgoing', state: 'Connected', revision: 1,
      startedAt: new Date(0).toISOString(), caller: { identifier: this.self },
      self: { identifier: this.self, participantId: randomUUID(), isMuted: false, role: 'Presenter' }, participants: [], mediaSessions: [], ...members,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.connections.map((connection) => connection.close()));
  }

  private receive(url: string, init: RequestInit): Promise<Response> {
    const { pathname } = new URL(url);
    const operation = operationOf(init.method ?? 'GET', pathname);
    return new Promise((resolve, reject) => {
      const headers = new Headers(init.headers);
      const request: ScriptedRequest = {
        operation,
        path: pathname,
        token: headers.get('authorization')?.replace('Bearer ', '') ?? '',
        requestId: headers.get('repeatability-request-id') ?? undefined,
        body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
        answer: (status, body) => resolve(new Response(body === undefined ? null : JSON.stringify(body), { status })),
        fail: () => reject(new TypeError('fetch failed')),
      };
      init.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
      this.requests.push(request);
      if (operation === 'receiveEvents') resolve(this.openEvents());
      else if (operation === 'registerEndpoint' && this.answeredAtOnce.has(operation)) request.answer(201, { endpointId: this.endpointId, identifier: this.self, keepAliveSeconds: 15, reconnectWindowSeconds: 120, canCallTelephones: true });
      else if (this.answeredAtOnce.has(operation)) request.answer(204);
      this.fresh.push(request);
      const { changed } = this;
      this.changed = () => {};
      changed();
    });
  }

  private openEvents(): Response {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.events = controller;
        controller.enqueue(new TextEncoder().encode(': hello\n\n'));
      },
    });
    return new Response(body, { status: 200, headers: { 'content-type': 'text/event-stream' } });
  }
}

/** An access token as far as a client reads it. */
export function testToken(expiresAt: number, mark = ''): string {
  const payload = { skypeid: 'acs:resource_self', acsScope: 'voip', exp: Math.floor(expiresAt / 1000), mark };
  return `header.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.signature`;
}

export function participant(identifier: string): Participant {
  return { identifier, endpointDetails: [{ participantId: randomUUID() }], state: 'Connected', isMuted: false, role: 'Presenter' };
}

function operationOf(method: string, path: string): RoutedOperation {
  const found = Object.entries(routes).find(([, route]) => route.method === method && new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/:]+')}$`).test(path));
  if (found === undefined) throw new Error(`${method} ${path} is no operation`);
  return found[0] as RoutedOperation;
}
