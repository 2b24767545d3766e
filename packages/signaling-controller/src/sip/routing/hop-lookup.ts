import { lookup, Resolver } from 'node:dns/promises';
import { nodeRandomness } from '@dialplane/kernels';
import { type DnsAnswer, type DnsQuestion, ServerLocator, type ServerTarget, type SipUri, writeSipUri } from '@dialplane/sip';
import type { Clock } from '../../clock.ts';

const rememberedMs = 30_000;
const rememberedUris = 1_000;
const answerMs = 4_000;

interface Remembered {
  readonly targets: Promise<readonly ServerTarget[]>;
  readonly until: number;
}

/**
 * Asks name servers where a SIP URI leads (RFC 3263): NAPTR, SRV, addresses. Answers are remembered for half a minute, so that the addresses of one URI keep their order while
 * one after the other is tried. Addresses come from the system's resolver, which also knows the machine's own list of hosts.
 */
export class HopLookup {
  private readonly clock: Clock;
  private readonly resolver: Resolver;
  private readonly randomness = nodeRandomness();
  private readonly remembered = new Map<string, Remembered>();

  constructor(clock: Clock, nameServers?: readonly string[]) {
    this.clock = clock;
    this.resolver = new Resolver({ timeout: answerMs / 2, tries: 2 });
    if (nameServers !== undefined) this.resolver.setServers([...nameServers]);
  }

  /** In the order in which they are to be tried; none where the domain has no server that we can talk to. */
  targetsOf(uri: SipUri): Promise<readonly ServerTarget[]> {
    // Who is asked for there does not matter.
    const key = writeSipUri({ ...uri, user: undefined, password: undefined, headers: '' });
    const now = this.clock.now();
    const known = this.remembered.get(key);
    if (known !== undefined && known.until > now) return known.targets;
    const targets = this.locate(uri);
    this.remembered.delete(key);
    this.remembered.set(key, { targets, until: now + rememberedMs });
    for (const oldest of this.remembered.keys()) {
      if (this.remembered.size <= rememberedUris) break;
      this.remembered.delete(oldest);
    }
    return targets;
  }

  private locate(uri: SipUri): Promise<readonly ServerTarget[]> {
    const locator = new ServerLocator({ transports: ['udp', 'tcp', 'tls'], families: [4, 6], randomness: this.randomness, answerMs });
    return new Promise((resolve) => {
      let stop = (): void => {};
      const drain = (): void => {
        stop();
        for (let output = locator.poll(); output !== undefined; output = locator.poll()) {
          if (output.kind === 'located') return resolve(output.targets);
          if (output.kind === 'failed') return resolve([]);
          void this.ask(output.question).then((answer) => {
            locator.handle({ kind: 'answered', answer }, this.clock.now());
            drain();
          });
        }
        const at = locator.pollTimeout();
        if (at === undefined) return;
        stop = this.clock.wakeAt(at, () => {
          locator.handleTimeout(this.clock.now());
          drain();
        });
      };
      locator.handle({ kind: 'locate', uri }, this.clock.now());
      drain();
    });
  }

  /** No records where there are none, or nobody knows. */
  private async ask({ type, name }: DnsQuestion): Promise<DnsAnswer> {
    switch (type) {
      case 'NAPTR': {
        const records = await this.resolver.resolveNaptr(name).catch(() => []);
        return { type, name, records };
      }
      case 'SRV': {
        const records = await this.resolver.resolveSrv(name).catch(() => []);
        return { type, name, records: records.map(({ name: target, port, priority, weight }) => ({ target, port, priority, weight })) };
      }
      case 'A':
      case 'AAAA': {
        const found = await lookup(name, { all: true, family: type === 'A' ? 4 : 6 }).catch(() => []);
        return { type, name, records: found.map(({ address }) => address) };
      }
    }
  }
}
