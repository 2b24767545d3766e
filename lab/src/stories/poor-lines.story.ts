/** Lines that are slow and lose packets: the call stands, directly and through the relay. */
import type { NetworkPlan } from '../network/network-plan.ts';
import { labTest } from '../requirements.ts';
import type { FirewallKind } from '../network/uplink.ts';
import { choose, type Ways } from './best-ways.ts';
import { bothArrive, connectCall, hangUp, openTwoPhones } from './two-phones.ts';

labTest('a direct call over a slow line that loses every twentieth packet', () => callOverPoorLine([{ anna: 'srflx', boris: 'host' }, { anna: 'prflx', boris: 'host' }]));
// Whichever handshake loses less comes first, and the browser stays with it.
labTest('a call relayed over TCP on such a line', () => callOverPoorLine([{ anna: 'relay/tcp', boris: 'host' }, { anna: 'relay/tls', boris: 'host' }], 'no-udp'));

/** Anna's network is behind a NAT, and that behind a line to the Internet on which the server and Boris are. */
function poorLine(firewall?: FirewallKind): NetworkPlan {
  return {
    segments: { internet: { subnet: '203.0.113.0/24' }, line: { subnet: '198.51.100.0/24' }, home: { subnet: '192.168.1.0/24' } },
    hosts: {
      server: { segment: 'internet', address: '203.0.113.5' },
      boris: { segment: 'internet', address: '203.0.113.6' },
      anna: { segment: 'home', address: '192.168.1.10' },
    },
    routers: {
      exchange: { addresses: { internet: '203.0.113.1', line: '198.51.100.1' }, uplink: { segment: 'internet', loss: 0.05, delayMs: 60 } },
      box: { addresses: { line: '198.51.100.2', home: '192.168.1.1' }, uplink: { segment: 'line', nat: 'port-preserving', ...(firewall === undefined ? {} : { firewall }) } },
    },
  };
}

async function callOverPoorLine(ways: readonly Ways[], firewall?: FirewallKind): Promise<void> {
  await using phones = await openTwoPhones(poorLine(firewall));
  await connectCall(phones);
  await bothArrive(phones);
  await choose(phones, ways);
  await bothArrive(phones);
  await hangUp(phones);
}
