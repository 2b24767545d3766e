import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { CallAutomationClient, parseCallAutomationEvent, type CallAutomationEvent } from '@azure/communication-call-automation';
import type { RunningServer } from '../start-server.ts';
import { ourNumber, type TelephoneServer } from './test-telephone-server.ts';

/** An event as it was posted, with what it came with. */
interface Delivery {
  readonly authorization: string | undefined;
  readonly event: { readonly eventType?: string; readonly type?: string; readonly id: string; readonly data: Readonly<Record<string, unknown>> };
}

/** An application of the unmodified Azure client: its webhook takes what it is told, and our number is its own. */
export class TestApplication {
  readonly client: CallAutomationClient;
  readonly callbackUri: string;
  /** It takes nothing any more. */
  isGone = false;
  readonly deliveries: Delivery[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #taken = new Set<Delivery>();
  #refusals = 0;

  private constructor(server: RunningServer, callbackUri: string) {
    this.client = new CallAutomationClient(server.connectionString.replace(/endpoint=[^;]+/, `endpoint=${server.httpUrl}/`), { allowInsecureConnection: true });
    this.callbackUri = callbackUri;
  }

  /** With a number of its own. */
  static async start(t: TestContext, server: TelephoneServer): Promise<TestApplication> {
    const application = await TestApplication.listen(t, server.server);
    await server.own(ourNumber, { kind: 'webhook', url: application.callbackUri });
    return application;
  }

  static async listen(t: TestContext, server: RunningServer): Promise<TestApplication> {
    const http = createServer((request, answer) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const [event] = JSON.parse(Buffer.concat(chunks).toString()) as [Delivery['event']];
        const status = application.take({ authorization: request.headers.authorization, event });
        answer.writeHead(status).end(JSON.stringify({ validationResponse: event.data['validationCode'] }));
      });
    });
    await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
    t.after(() => http.close());
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/events`;
    const application = new TestApplication(server, url);
    return application;
  }

  /** Fails the next requests to it. */
  refuse(times: number): void {
    this.#refusals = times;
  }

  /** Begins anew: what it was told so far is no longer there. */
  forget(): void {
    this.deliveries.length = 0;
  }

  /** The context of the next call that it is told of. */
  async called(): Promise<string> {
    return String((await this.toldOfCall())['incomingCallContext']);
  }

  /** The data of the next `IncomingCall`. */
  async toldOfCall(): Promise<Readonly<Record<string, unknown>>> {
    const { event } = await this.#next(({ event: { eventType } }) => eventType === 'Microsoft.Communication.IncomingCall');
    return event.data;
  }

  /** The next event of a kind, as Azure's parser reads it. */
  async told<Kind extends CallAutomationEvent['kind']>(kind: Kind): Promise<Extract<CallAutomationEvent, { kind: Kind }>> {
    const { event } = await this.#next(({ event: { type } }) => type === `Microsoft.Communication.${kind}`);
    return parseCallAutomationEvent([event] as unknown as Record<string, unknown>) as Extract<CallAutomationEvent, { kind: Kind }>;
  }

  /** Events of its connections so far, by their names and in their order. */
  names(): string[] {
    return this.deliveries.flatMap(({ event: { type } }) => type?.replace('Microsoft.Communication.', '') ?? []);
  }

  take(delivery: Delivery): number {
    if (this.isGone) return 410;
    if (this.#refusals > 0 && delivery.event.type !== undefined) {
      this.#refusals -= 1;
      return 503;
    }
    this.deliveries.push(delivery);
    for (const wake of this.#waiting) wake();
    return 200;
  }

  async #next(isWanted: (delivery: Delivery) => boolean): Promise<Delivery> {
    for (;;) {
      const found = this.deliveries.find((delivery) => !this.#taken.has(delivery) && isWanted(delivery));
      if (found !== undefined) {
        this.#taken.add(found);
        return found;
      }
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }
}
