import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { EventEnvelope } from '@dialplane/calling-api';
import { hostPlatform } from '../platform.ts';
import { ApiClient } from './api-client.ts';
import { EventChannel } from './event-channel.ts';
import type { ServerError } from './server-error.ts';

/** An event server that does to each connection what a test says, and a channel that reads from it. */
class Wire {
  readonly received: string[] = [];
  readonly states: boolean[] = [];
  refused: ServerError | undefined;
  readonly requests: Array<{ url: string; lastEventId: string | undefined }> = [];
  private readonly server = createServer((request, response) => this.serve(request, response));
  private readonly serve: (request: IncomingMessage, response: ServerResponse) => void;
  private channel: EventChannel | undefined;
  /** The first connection broke, and the channel waits. */
  readonly interrupted: Promise<void>;
  private changed = () => {};
  private tellInterrupted = () => {};
  /** Timers run this many times faster than they say. */
  private readonly haste: number;

  constructor(haste: number, serve: (request: IncomingMessage, response: ServerResponse, connection: number) => void) {
    this.haste = haste;
    this.interrupted = new Promise((resolve) => {
      this.tellInterrupted = resolve;
    });
    this.serve = (request, response) => {
      this.requests.push({ url: request.url ?? '', lastEventId: request.headers['last-event-id'] as string | undefined });
      serve(request, response, this.requests.length);
    };
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const host = hostPlatform();
    const clock = { ...host.clock, now: () => host.clock.now() * this.haste, after: (delayMs: number, callback: () => void) => host.clock.after(delayMs / this.haste, callback) };
    const info = (what: unknown) => {
      // Logged just before the wait begins.
      if (String(what).startsWith('event stream interrupted')) setImmediate(this.tellInterrupted);
    };
    const platform = { ...host, clock, random: () => 0, logger: { ...host.logger, info } };
    const tokens = { getToken: async () => 'token', replaceToken: async () => undefined };
    this.channel = new EventChannel({
      platform,
      api: new ApiClient(platform, `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`, tokens),
      endpointId: 'endpoint',
      keepAliveMs: 15_000,
      onEvent: ({ eventId }) => {
        this.received.push(eventId);
        this.changed();
      },
      onConnectedChanged: (isConnected) => {
        this.states.push(isConnected);
        this.changed();
      },
      onRefused: (error) => {
        this.refused = error;
        this.changed();
      },
    });
    this.channel.start();
  }

  async until(condition: () => boolean): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve) => {
      this.changed = () => {
        if (condition()) resolve();
      };
    });
  }

  reconnect(): void {
    this.channel?.reconnect();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.channel?.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function envelope(eventId: string): EventEnvelope {
  return { eventId, time: '2026-01-01T00:00:00.000Z', event: { type: 'sync', calls: [] } };
}

function sse(...ids: string[]): string {
  return ids.map((id) => `id: ${id}\nevent: sync\ndata: ${JSON.stringify(envelope(id))}\n\n`).join('');
}

const stream = { 'content-type': 'text/event-stream' };

test('a broken stream is continued after the last event, without telling of a short gap', async () => {
  await using wire = new Wire(1, (_request, response, connection) => {
    response.writeHead(200, stream);
    if (connection === 1) response.write(sse('1', '2'), () => response.destroy());
    else response.write(sse('3'));
  });
  await wire.start();
  await wire.until(() => wire.received.length >= 3);
  assert.deepEqual(wire.received, ['1', '2', '3']);
  assert.deepEqual(wire.requests.map(({ lastEventId }) => lastEventId), [undefined, '2']);
  assert.deepEqual(wire.states, [true]);
});

test('a stream that goes silent is given up and opened again; a long gap is told', async () => {
  await using wire = new Wire(20, (_request, response, connection) => {
    if (connection > 1 && connection < 8) {
      response.destroy();
      return;
    }
    response.writeHead(200, stream);
    response.write(sse(String(connection)));
  });
  await wire.start();
  await wire.until(() => wire.received.length >= 2);
  assert.deepEqual(wire.received, ['1', '8']);
  assert.deepEqual(wire.states.slice(0, 3), [true, false, true]);
});

test('where something holds the stream back, events come by long polls', async () => {
  await using wire = new Wire(20, (request, response) => {
    if (!request.url?.includes('wait=')) return;
    const after = new URL(request.url, 'http://localhost').searchParams.get('after');
    if (after === '2') return;
    const next = after === null ? '1' : '2';
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ events: [envelope(next)], lastEventId: next }));
  });
  await wire.start();
  await wire.until(() => wire.received.length >= 2);
  assert.deepEqual(wire.received, ['1', '2']);
  assert.deepEqual(wire.states, [true]);
});

test('a refusal ends the channel', async () => {
  await using wire = new Wire(1, (_request, response) => {
    response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { code: 'ENDPOINT_NOT_FOUND', message: 'Register again.' } }));
  });
  await wire.start();
  await wire.until(() => wire.refused !== undefined);
  assert.equal(wire.refused?.errorCode, 'ENDPOINT_NOT_FOUND');
  assert.equal(wire.requests.length, 1);
});

test('the network is back: no waiting for the next attempt', async () => {
  // A wait of minutes, unless it is cut short.
  await using wire = new Wire(0.001, (_request, response, connection) => {
    if (connection === 1) response.destroy();
    else response.writeHead(200, stream).write(sse('1'));
  });
  await wire.start();
  await wire.interrupted;
  wire.reconnect();
  await wire.until(() => wire.received.length >= 1);
  assert.deepEqual(wire.received, ['1']);
});
