import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buildNetwork } from './network.ts';
import { isStale, listNamespaces, sweepStaleNamespaces } from './run-id.ts';
import { labTest } from '../requirements.ts';
import type { NetworkPlan } from './network-plan.ts';

const plan: NetworkPlan = {
  segments: { office: { subnet: '10.10.0.0/16' }, home: { subnet: '192.168.1.0/24' } },
  hosts: {
    anna: { segment: 'office', address: '10.10.3.4' },
    carla: { segment: 'office', address: '10.10.3.5' },
    boris: { segment: 'home', address: '192.168.1.20' },
  },
  routers: { router: { addresses: { office: '10.10.0.1', home: '192.168.1.1' } } },
};

const tellsPeerAddress = `
  require('node:net').createServer((socket) => socket.end(socket.remoteAddress)).listen(7000, '0.0.0.0', () => console.log('listening'));`;
const asksAddress = (address: string): string => `
  require('node:net').connect({ host: '${address}', port: 7000, timeout: 3000 }).on('timeout', () => process.exit(1)).pipe(process.stdout);`;

labTest('hosts reach each other in a segment and through the router, and nobody else', async () => {
  await using network = await buildNetwork(plan);
  const anna = network.host('anna');
  for (const name of ['carla', 'boris']) {
    const peer = network.host(name);
    await peer.start(process.execPath, ['-e', tellsPeerAddress]).line(/listening/);
    assert.equal(await anna.run(process.execPath, ['-e', asksAddress(peer.address)]), '10.10.3.4');
  }
  assert.match(await anna.run('ip', ['route']), /^default via 10\.10\.0\.1 dev eth0/);
  await assert.rejects(anna.run(process.execPath, ['-e', asksAddress('172.31.255.1')]), /ENETUNREACH|EHOSTUNREACH/);
  assert.throws(() => network.host('dora'), /no host "dora"/);
}, { needs: ['ip'] });

labTest('a host is carried to another segment and on, and not where the plan would not allow it', async () => {
  await using network = await buildNetwork(plan);
  const told = async (): Promise<string> => network.host('anna').run(process.execPath, ['-e', asksAddress('192.168.1.20')]);
  await network.host('boris').start(process.execPath, ['-e', tellsPeerAddress]).line(/listening/);
  const sleeper = network.host('anna').start('sleep', ['600']);

  await network.move('anna', { segment: 'home', address: '192.168.1.30' });
  assert.equal(network.host('anna').address, '192.168.1.30');
  assert.equal(await told(), '192.168.1.30');
  await assert.rejects(network.host('carla').run(process.execPath, ['-e', asksAddress('10.10.3.4')]), /EHOSTUNREACH|failed/);

  await assert.rejects(network.move('anna', { segment: 'office', address: '10.10.3.5' }), /10\.10\.3\.5 is used twice/);
  await assert.rejects(network.move('router', { segment: 'office', address: '10.10.3.9' }), /only hosts move/);
  assert.equal(await told(), '192.168.1.30');

  await network.move('anna', { segment: 'office', address: '10.10.3.4' });
  assert.equal(await told(), '10.10.3.4');
  assert.equal(sleeper.child.exitCode, null, 'its programs go on');
}, { needs: ['ip'] });

labTest('a disposed network leaves no namespace and no process', async () => {
  const network = await buildNetwork(plan);
  const sleeper = network.host('anna').start('sleep', ['600']);
  await once(sleeper.child, 'spawn');
  await network[Symbol.asyncDispose]();
  assert.equal(await sleeper.ended, 'SIGKILL');
  assert.deepEqual((await listNamespaces()).filter((name) => name.startsWith(network.runId)), []);
}, { needs: ['ip'] });

labTest('a network that cannot be built to its end leaves nothing', async () => {
  const ofThisProcess = async (): Promise<readonly string[]> => (await listNamespaces()).filter((name) => name.includes(`-${process.pid}-`));
  // The name collides with the namespace of the segment's bridge, which the kernel notices half-way through.
  const colliding = { ...plan, hosts: { ...plan.hosts, 'segment-office': { segment: 'office', address: '10.10.3.6' } } };
  await assert.rejects(buildNetwork(colliding), /ip -batch failed/);
  assert.deepEqual(await ofThisProcess(), []);
}, { needs: ['ip'] });

labTest('what a crashed run left is swept by the next; living runs are left alone', async () => {
  await using living = await buildNetwork(plan);
  const script = `
    import { buildNetwork } from ${JSON.stringify(import.meta.resolve('./network.ts'))};
    const network = await buildNetwork(${JSON.stringify(plan)});
    network.host('anna').start('sleep', ['600']);
    console.log(network.runId);
    process.kill(process.pid, 'SIGKILL');`;
  const crashing = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output] = (await once(crashing.stdout, 'data')) as [Buffer];
  await once(crashing, 'close');
  const dead = output.toString().trim();
  assert.match(dead, /^dialplane-lab-\d+-\d+-1$/);
  // Another run of the lab on this machine may have swept it already; what counts is that it is gone.
  await sweepStaleNamespaces();
  const names = await listNamespaces();
  assert.deepEqual(names.filter((name) => name.startsWith(dead)), []);
  assert.equal(names.filter((name) => name.startsWith(living.runId)).length, 6);
  assert.equal(isStale(`${living.runId}-anna`), false);
  assert.equal(isStale('somebody-elses'), false);
}, { needs: ['ip'] });
