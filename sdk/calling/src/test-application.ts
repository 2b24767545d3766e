import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CallAutomationClient, parseCallAutomationEvent, type CallAutomationEvent } from '@azure/communication-call-automation';
import type { TestWholeServer } from './test-whole-server.ts';

/** A server application with the unmodified Azure client, and the address at which it hears of its calls. */
export class TestApplication {
  readonly client: CallAutomationClient;
  readonly callbackUri: string;
  private readonly events: CallAutomationEvent[] = [];
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
        application.events.push(parseCallAutomationEvent(JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>));
        application.arrivals.emit('event');
        answer.end();
      });
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const application = new TestApplication(await server.connectionString(), `http://127.0.0.1:${(http.address() as AddressInfo).port}/`, () => http.close());
    return application;
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
