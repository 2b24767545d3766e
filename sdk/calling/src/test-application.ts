import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CallAutomationClient, parseCallAutomationEvent, type CallAutomationEvent } from '@azure/communication-call-automation';
import type { OperationResponse } from '@dialplane/calling-api';
import type { TestWholeServer } from './test-whole-server.ts';

interface EventGridEvent {
  readonly eventType?: string;
  readonly data?: { readonly validationCode?: string; readonly incomingCallContext?: string };
}

/** A server application with the unmodified Azure client, and the address at which it hears of its calls. */
export class TestApplication {
  readonly client: CallAutomationClient;
  readonly callbackUri: string;
  private readonly events: CallAutomationEvent[] = [];
  private readonly contexts: string[] = [];
  private readonly arrivals = new EventEmitter();
  private readonly close: () => void;

  private constructor(connectionString: string, callbackUri: string, close: () => void) {
    this.client = new CallAutomationClient(connectionString, { allowInsecureConnection: true });
    this.callbackUri = callbackUri;
    this.close = close;
  }

  static async start(server: TestWholeServer): Promise<TestApplication> {
    const http = createServer((request, answer) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        answer.end(application.take(JSON.parse(Buffer.concat(chunks).toString()) as unknown));
      });
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const application = new TestApplication(await server.connectionString(), `http://127.0.0.1:${(http.address() as AddressInfo).port}/`, () => http.close());
    return application;
  }

  /** Is told of calls to a user from now on. */
  async subscribe(server: TestWholeServer, identifier: string): Promise<void> {
    const { operatorToken } = await server.ask<OperationResponse<'signIn'>>('POST', '/v1/sign-in', undefined, { displayName: 'Operator' });
    await server.ask('PUT', '/v1/event-subscriptions/calls', operatorToken, { url: this.callbackUri, filter: { subjectEndsWith: identifier } });
  }

  /** The context of the next call that it is told of. */
  async called(): Promise<string> {
    for (;;) {
      const context = this.contexts.shift();
      if (context !== undefined) return context;
      await once(this.arrivals, 'call');
    }
  }

  /** @returns what is answered. */
  private take(posted: unknown): string {
    const [{ eventType, data }] = posted as [EventGridEvent];
    if (eventType === undefined) {
      this.events.push(parseCallAutomationEvent(posted as Record<string, unknown>));
      this.arrivals.emit('event');
    } else if (data?.incomingCallContext !== undefined) {
      this.contexts.push(data.incomingCallContext);
      this.arrivals.emit('call');
    }
    return JSON.stringify({ validationResponse: data?.validationCode });
  }

  /** The next event of a kind; those before it are passed over. */
  async told<Kind extends CallAutomationEvent['kind']>(kind: Kind): Promise<Extract<CallAutomationEvent, { kind: Kind }>> {
    for (;;) {
      const event = this.events.shift();
      if (event === undefined) await once(this.arrivals, 'event');
      else if (event.kind === kind) return event as Extract<CallAutomationEvent, { kind: Kind }>;
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
