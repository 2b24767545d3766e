import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolvePlan, type NetworkPlan } from './network-plan.ts';

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
        { name: 'eth0', segment: 'office', address: '10.10.0.1', prefixLength: 16 },
        { name: 'eth1', segment: 'home', address: '192.168.1.1', prefixLength: 24 },
      ],
    },
    { name: 'anna', forwards: false, interfaces: [{ name: 'eth0', segment: 'office', address: '10.10.3.4', prefixLength: 16 }], gateway: '10.10.0.1' },
    { name: 'boris', forwards: false, interfaces: [{ name: 'eth0', segment: 'home', address: '192.168.1.20', prefixLength: 24 }], gateway: '192.168.1.1' },
  ]);
});

test('a host on a segment without a router has no default route', () => {
  const { gateway } = resolvePlan({ segments: plan.segments, hosts: { anna: { segment: 'office', address: '10.10.3.4' } } })[0] ?? {};
  assert.equal(gateway, undefined);
});

const faults: ReadonlyArray<[string, NetworkPlan, RegExp]> = [
  ['unknown segment', { ...plan, hosts: { anna: { segment: 'garden', address: '10.10.0.9' } } }, /segment "garden"/],
  ['address outside of its subnet', { ...plan, hosts: { anna: { segment: 'home', address: '192.168.2.9' } } }, /192\.168\.2\.9 of anna is not in/],
  ['address used twice', { ...plan, hosts: { anna: { segment: 'home', address: '192.168.1.1' } } }, /192\.168\.1\.1 is used twice/],
  ['name used twice', { ...plan, hosts: { router: { segment: 'home', address: '192.168.1.9' } } }, /router is used twice/],
  ['not an address', { ...plan, hosts: { anna: { segment: 'home', address: 'anywhere' } } }, /"anywhere" of anna/],
  ['not a subnet', { ...plan, segments: { ...plan.segments, home: { subnet: '192.168.1.0' } } }, /not an IPv4 subnet/],
  ['name that is no word', { ...plan, hosts: { 'Anna!': { segment: 'home', address: '192.168.1.9' } } }, /"Anna!" is not a lower-case word/],
  ['two routers on a segment', { ...plan, routers: { ...plan.routers, second: { addresses: { home: '192.168.1.2' } } } }, /boris has more than one router/],
];
for (const [name, faulty, sentence] of faults) {
  test(`a plan is refused with a sentence: ${name}`, () => assert.throws(() => resolvePlan(faulty), sentence));
}
