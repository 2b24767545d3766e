import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { instant, type Instant, seededRandomness } from '@dialplane/sansio';
import { nodeSipCrypto } from '@dialplane/kernels';
import type { SipFlow } from '../link/sip-flow.ts';
import { parseSipMessage } from '../message/parse-sip-message.ts';
import { writeSipMessage } from '../message/write-sip-message.ts';
import type { TransactionTimes } from '../transaction/transaction-times.ts';
import type { UserAgentCommand } from './user-agent-command.ts';
import type { UserAgentEvent } from './user-agent-event.ts';
import { UserAgent } from './user-agent.ts';

/** A user agent on a UDP socket of the loopback interface, for tests with telephones of others. */
export class UdpAgent {
  readonly agent: UserAgent;
  private readonly socket: Socket = createSocket('udp4');
  private readonly events: UserAgentEvent[] = [];
  private readonly listeners = new Set<() => void>();
  private timer: NodeJS.Timeout | undefined;
  /** How far its clock is ahead of that of this machine, in milliseconds. */
  private aheadMs = 0;

  private constructor(times: Partial<TransactionTimes>) {
    this.agent = new UserAgent({ crypto: nodeSipCrypto, randomness: seededRandomness(5), product: 'dialplane', times });
  }

  static async open(times: Partial<TransactionTimes> = {}): Promise<UdpAgent> {
    const opened = new UdpAgent(times);
    opened.socket.on('message', (bytes, sender) => opened.receive(bytes, sender));
    opened.socket.bind(0, '127.0.0.1');
    await once(opened.socket, 'listening');
    return opened;
  }

  get port(): number {
    return (this.socket.address() as AddressInfo).port;
  }

  flowTo(port: number): SipFlow {
    return { transport: 'udp', local: { address: '127.0.0.1', port: this.port }, remote: { address: '127.0.0.1', port } };
  }

  do(command: UserAgentCommand): void {
    this.agent.handle(command, this.now());
    this.settle();
  }

  /** Lets time pass for this agent alone. */
  skip(ms: number): void {
    this.aheadMs += ms;
    this.agent.handleTimeout(this.now());
    this.settle();
  }

  /** Waits for the next event of this kind; those before it are dropped. */
  async event<Kind extends UserAgentEvent['kind']>(kind: Kind): Promise<Extract<UserAgentEvent, { readonly kind: Kind }>> {
    for (;;) {
      for (let event = this.events.shift(); event !== undefined; event = this.events.shift()) if (event.kind === kind) return event as Extract<UserAgentEvent, { readonly kind: Kind }>;
      await new Promise<void>((resolve) => {
        this.listeners.add(resolve);
      });
    }
  }

  close(): void {
    clearTimeout(this.timer);
    this.socket.close();
  }

  private receive(bytes: Uint8Array, sender: RemoteInfo): void {
    const message = parseSipMessage(new Uint8Array(bytes));
    if (message.kind === 'fault') return;
    this.agent.handle({ kind: 'received', message, flow: this.flowTo(sender.port) }, this.now());
    this.settle();
  }

  private settle(): void {
    for (let output = this.agent.poll(); output !== undefined; output = this.agent.poll()) {
      if (output.kind === 'send') this.socket.send(writeSipMessage(output.message), output.flow.remote.port, output.flow.remote.address);
      else this.events.push(output);
    }
    for (const listener of this.listeners) listener();
    this.listeners.clear();
    clearTimeout(this.timer);
    const at = this.agent.pollTimeout();
    if (at === undefined) return;
    this.timer = setTimeout(() => {
      this.agent.handleTimeout(this.now());
      this.settle();
    }, Math.max(0, at - this.now()));
  }

  private now(): Instant {
    return instant(performance.now() + this.aheadMs);
  }
}
