import type { Instant } from '@dialplane/sansio';
import { parseSipMessage, ProxyCore, type TransactionStatistics, writeSipMessage } from '@dialplane/sip';
import type { Chance } from '../chance.ts';
import type { HostMachine, Received, Transmission } from '../host.ts';
import { flowBetween, proxyAddress, type SipDatagram } from './sip-datagram.ts';

/** A proxy that stays on the path of every dialog; URIs name the telephones' addresses. */
export class ProxyProgram implements HostMachine<SipDatagram> {
  readonly core: ProxyCore;
  private readonly transmissions: Array<Transmission<SipDatagram>> = [];

  constructor(chance: Chance) {
    this.core = new ProxyCore({
      randomness: { nextUint32: () => chance.below(2 ** 32) },
      surroundings: {
        isOwn: ({ host }) => host === proxyAddress,
        sentBy: () => `${proxyAddress}:5060`,
        decide: ({ flow }) => (flow.remote.address === proxyAddress ? { kind: 'drop' } : { kind: 'forward', targets: [{}], staysOnPath: true }),
        recordRoutes: () => [`<sip:${proxyAddress};lr>`],
        flowTo: ({ host }) => flowBetween(proxyAddress, host),
      },
    });
  }

  get statistics(): TransactionStatistics {
    return this.core.statistics;
  }

  handle({ from, message }: Received<SipDatagram>, now: Instant): void {
    const parsed = parseSipMessage(message);
    if (parsed.kind === 'fault') throw new Error(`the proxy got a message that it cannot read: ${parsed.sentence}`);
    this.core.handle({ kind: 'received', message: parsed, flow: flowBetween(proxyAddress, from) }, now);
    this.settle(now);
  }

  handleTimeout(now: Instant): void {
    this.core.handleTimeout(now);
    this.settle(now);
  }

  poll(): Transmission<SipDatagram> | undefined {
    return this.transmissions.shift();
  }

  pollTimeout(): Instant | undefined {
    return this.core.pollTimeout();
  }

  private settle(now: Instant): void {
    for (let output = this.core.poll(); output !== undefined; output = this.core.poll()) {
      // Who does not answer at the only address there is has no other.
      if (output.kind === 'resolve') this.core.handle({ kind: 'resolved', resolutionId: output.resolutionId, flow: undefined }, now);
      else this.transmissions.push({ to: output.flow.remote.address, message: writeSipMessage(output.message) });
    }
  }
}
