import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolvePlan, type NetworkPlan } from './network-plan.ts';
import type { UplinkPlan } from './uplink.ts';

const plan: NetworkPlan = {
  segments: { office: { subnet: '10.10.0.0/16' }, home: { subnet: '192.168.1.0/24' } },
  hosts: { anna: { segment: 'office', address: '10.10.3.4' }, boris: { segment: 'home', address: '192.168.1.20' } },
  routers: { router: { addresses: { office: '10.10.0.1', home: '192.168.1.1' } } },
};

test('a plan becomes nodes with interfaces, prefix lengths and default routes', () => {
  assert.deepEqual(resolvePlan(plan), [
    {
      name: 'router',
      forwards: true,
      interfaces: [
        { name: 'eth0', segment: 'office', addresses: [{ family: 4, address: '10.10.0.1', prefixLength: 16 }] },
        { name: 'eth1', segment: 'home', addresses: [{ family: 4, address: '192.168.1.1', prefixLength: 24 }] },
      ],
      routes: [],
    },
    {
      name: 'anna',
      forwards: false,
      interfaces: [{ name: 'eth0', segment: 'office', addresses: [{ family: 4, address: '10.10.3.4', prefixLength: 16 }] }],
      routes: [{ to: 'default', via: '10.10.0.1' }],
    },
    {
      name: 'boris',
      forwards: false,
      interfaces: [{ name: 'eth0', segment: 'home', addresses: [{ family: 4, address: '192.168.1.20', prefixLength: 24 }] }],
      routes: [{ to: 'default', via: '192.168.1.1' }],
    },
  ]);
});

test('a host on a segment without a router has no default route', () => {
  assert.deepEqual(resolvePlan({ segments: plan.segments, hosts: { anna: { segment: 'office', address: '10.10.3.4' } } })[0]?.routes, []);
});

const internet: NetworkPlan = {
  segments: {
    internet: { subnet: ['203.0.113.0/24', '2001:db8::/64'] },
    home: { subnet: ['192.168.1.0/24', '2001:db8:1::/64'] },
    office: { subnet: '198.51.100.0/24' },
  },
  hosts: {
    server: { segment: 'internet', address: ['203.0.113.5', '2001:db8::5'] },
    anna: { segment: 'home', address: ['192.168.1.10', '2001:db8:1::10'] },
    dora: { segment: 'home', address: '2001:db8:1::11' },
    boris: { segment: 'office', address: '198.51.100.10' },
  },
  routers: {
    box: { addresses: { internet: ['203.0.113.1', '2001:db8::1'], home: ['192.168.1.1', '2001:db8:1::1'] }, uplink: { segment: 'internet', nat: 'symmetric' } },
    wall: { addresses: { internet: '203.0.113.2', office: '198.51.100.1' }, uplink: { segment: 'internet', firewall: 'no-udp', loss: 0.1, delayMs: 50 } },
  },
};

test('hosts go out through the router of their segment; from outside there is a way in only where nothing is translated', () => {
  const routes = Object.fromEntries(resolvePlan(internet).map((node) => [node.name, node.routes.map(({ to, via }) => `${to} via ${via}`)]));
  assert.deepEqual(routes, {
    box: ['198.51.100.0/24 via 203.0.113.2'],
    wall: [],
    server: ['2001:db8:1::/64 via 2001:db8::1', '198.51.100.0/24 via 203.0.113.2'],
    anna: ['default via 192.168.1.1', 'default via 2001:db8:1::1'],
    dora: ['default via 2001:db8:1::1'],
    boris: ['default via 198.51.100.1'],
  });
});

const behind = (uplink: UplinkPlan): NetworkPlan => ({ ...internet, routers: { box: { addresses: { internet: '203.0.113.1', home: '192.168.1.1' }, uplink } } });
const annaAt = (segment: string, address: string | readonly string[]): NetworkPlan => ({ ...internet, hosts: { anna: { segment, address } } });

const faults: ReadonlyArray<[string, NetworkPlan, RegExp]> = [
  ['unknown segment', { ...plan, hosts: { anna: { segment: 'garden', address: '10.10.0.9' } } }, /segment "garden"/],
  ['address outside of its subnet', { ...plan, hosts: { anna: { segment: 'home', address: '192.168.2.9' } } }, /192\.168\.2\.9 of anna is not in/],
  ['address used twice', { ...plan, hosts: { anna: { segment: 'home', address: '192.168.1.1' } } }, /192\.168\.1\.1 is used twice/],
  ['name used twice', { ...plan, hosts: { router: { segment: 'home', address: '192.168.1.9' } } }, /router is used twice/],
  ['not an address', { ...plan, hosts: { anna: { segment: 'home', address: 'anywhere' } } }, /"anywhere" of anna/],
  ['not a subnet', { ...plan, segments: { ...plan.segments, home: { subnet: '192.168.1.0' } } }, /not an IPv4 or IPv6 subnet/],
  ['name that is no word', { ...plan, hosts: { 'Anna!': { segment: 'home', address: '192.168.1.9' } } }, /"Anna!" is not a lower-case word/],
  ['two routers on a segment', { ...plan, routers: { ...plan.routers, second: { addresses: { home: '192.168.1.2' } } } }, /boris has more than one router/],
  ['IPv6 address outside of its subnet', annaAt('home', '2001:db8:2::9'), /2001:db8:2::9 of anna is not in 192\.168\.1\.0\/24 or 2001:db8:1::\/64/],
  ['a family that the segment does not speak', annaAt('office', '2001:db8::9'), /2001:db8::9 of anna is not in 198\.51\.100\.0\/24/],
  ['two addresses of one family', annaAt('home', ['192.168.1.9', '192.168.1.8']), /anna has two addresses of one family/],
  ['no address', annaAt('home', []), /anna has no address/],
  ['two subnets of one family', { ...plan, segments: { ...plan.segments, home: { subnet: ['192.168.1.0/24', '192.168.2.0/24'] } } }, /segment "home" has two subnets of one family/],
  ['an uplink without an address', behind({ segment: 'office' }), /the uplink of box is segment "office", where it has no address/],
  ['a loss that is no share', behind({ segment: 'internet', loss: 5 }), /box loses a share of 5/],
  ['a delay that is none', behind({ segment: 'internet', delayMs: 0 }), /box delays by 0/],
  ['NAT and delay in one router', behind({ segment: 'internet', nat: 'symmetric', delayMs: 20 }), /box translates and delays; put two routers in a row/],
];
for (const [name, faulty, sentence] of faults) {
  test(`a plan is refused with a sentence: ${name}`, () => assert.throws(() => resolvePlan(faulty), sentence));
}
