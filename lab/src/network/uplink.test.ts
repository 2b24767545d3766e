import assert from 'node:assert/strict';
import type { Host } from './host.ts';
import { buildNetwork, type Network } from './network.ts';
import type { NetworkPlan } from './network-plan.ts';
import { labTest } from '../requirements.ts';
import type { UplinkPlan } from './uplink.ts';

/** Two sites behind routers of one kind, and two servers outside. */
function sites(uplink: Omit<UplinkPlan, 'segment'>): NetworkPlan {
  const outside = { segment: 'internet', ...uplink };
  return {
    segments: { internet: { subnet: ['203.0.113.0/24', '2001:db8::/64'] }, home: { subnet: ['192.168.1.0/24', '2001:db8:1::/64'] }, office: { subnet: '10.10.0.0/16' } },
    hosts: {
      server: { segment: 'internet', address: ['203.0.113.5', '2001:db8::5'] },
      second: { segment: 'internet', address: '203.0.113.6' },
      anna: { segment: 'home', address: ['192.168.1.10', '2001:db8:1::10'] },
      boris: { segment: 'office', address: '10.10.3.4' },
    },
    routers: {
      homes: { addresses: { internet: ['203.0.113.1', '2001:db8::1'], home: ['192.168.1.1', '2001:db8:1::1'] }, uplink: outside },
      offices: { addresses: { internet: '203.0.113.2', office: '10.10.0.1' }, uplink: outside },
    },
  };
}

/** Answers every datagram and every TCP connection with the address and port it came from. */
const tellsSender = `
  const socket = require('node:dgram').createSocket({ type: 'udp6' });
  const plain = (address, port) => address.replace('::ffff:', '') + ' ' + port;
  socket.on('message', (_, { address, port }) => socket.send(plain(address, port), port, address));
  const server = (port) => new Promise((done) => require('node:net').createServer((to) => to.on('error', () => undefined).end(plain(to.remoteAddress, to.remotePort))).listen(port, '::', done));
  Promise.all([server(443), server(3478), new Promise((done) => socket.bind(3478, '::', done))]).then(() => console.log('listening'));`;

/** Asks each address in turn from one port, and prints what they say. Asks again every 200 ms until somebody answers or two seconds are over. */
const asks = (addresses: readonly string[]): string => `
  const socket = require('node:dgram').createSocket(${addresses[0]?.includes(':') === true ? "{ type: 'udp6', ipv6Only: true }" : "'udp4'"}).bind(5000);
  const ask = (address) => new Promise((done) => {
    const again = setInterval(() => socket.send('who am I', 3478, address), 200);
    const over = setTimeout(() => answer('nothing'), 2000);
    const answer = (text) => { clearInterval(again); clearTimeout(over); done(String(text)); };
    socket.once('message', answer);
    socket.send('who am I', 3478, address);
  });
  (async () => { for (const address of ${JSON.stringify(addresses)}) console.log(await ask(address)); socket.close(); })();`;

/** What a TCP server says; `nothing` when it cannot be reached within two seconds. */
const connects = (address: string, port: number): string => `
  require('node:net').connect({ host: '${address}', port: ${port} }).setTimeout(2000, () => (console.log('nothing'), process.exit())).pipe(process.stdout);`;

/** Sends from port 5000 until the other's word has come and a word more has gone; prints what came. */
const punches = (address: string): string => `
  const socket = require('node:dgram').createSocket('udp4').bind(5000);
  const send = () => socket.send('hello', 5000, '${address}');
  const again = setInterval(send, 50);
  socket.once('message', (text, { address, port }) => { send(); clearInterval(again); console.log(text + ' from ' + address + ' ' + port); setTimeout(() => socket.close(), 500); });
  send();
  console.log('sent');`;

async function onSites(uplink: Omit<UplinkPlan, 'segment'>, look: (network: Network, ask: (...addresses: string[]) => Promise<string[]>) => Promise<void>): Promise<void> {
  await using network = await buildNetwork(sites(uplink));
  await Promise.all(['server', 'second'].map((name) => network.host(name).start(process.execPath, ['-e', tellsSender]).line(/listening/)));
  await look(network, async (...addresses) => (await network.host('anna').run(process.execPath, ['-e', asks(addresses)])).trim().split('\n'));
}

async function connectTo(host: Host, address: string, port: number): Promise<string> {
  return (await host.run(process.execPath, ['-e', connects(address, port)])).trim();
}

const needs = ['ip', 'iptables'] as const;

labTest('a port-preserving NAT shows one address and the inner port to everybody', () => onSites({ nat: 'port-preserving' }, async (_network, ask) => {
  assert.deepEqual(await ask('203.0.113.5', '203.0.113.6'), ['203.0.113.1 5000', '203.0.113.1 5000']);
}), { needs });

labTest('a symmetric NAT shows another port to each', () => onSites({ nat: 'symmetric' }, async (_network, ask) => {
  const [first = '', second = ''] = await ask('203.0.113.5', '203.0.113.6');
  assert.match(first, /^203\.0\.113\.1 \d+$/);
  assert.match(second, /^203\.0\.113\.1 \d+$/);
  assert.notEqual(first, second);
}), { needs });

labTest('IPv6 is not translated', () => onSites({ nat: 'symmetric' }, async (_network, ask) => {
  assert.deepEqual(await ask('2001:db8::5'), ['2001:db8:1::10 5000']);
}), { needs });

labTest('two port-preserving NATs are punched from both sides, also by who comes too early', () => onSites({ nat: 'port-preserving' }, async (network) => {
  const [anna, boris] = [network.host('anna'), network.host('boris')];
  const annas = anna.start(process.execPath, ['-e', punches('203.0.113.2')]);
  await annas.line(/^sent$/);
  const boriss = boris.start(process.execPath, ['-e', punches('203.0.113.1')]);
  assert.deepEqual((await Promise.all([annas.line(/^hello/), boriss.line(/^hello/)])).map((line) => line.input), ['hello from 203.0.113.2 5000', 'hello from 203.0.113.1 5000']);
}), { needs });

labTest('a firewall without UDP lets TCP through', () => onSites({ nat: 'port-preserving', firewall: 'no-udp' }, async (network, ask) => {
  assert.deepEqual(await ask('203.0.113.5'), ['nothing']);
  assert.match(await connectTo(network.host('anna'), '203.0.113.5', 3478), /^203\.0\.113\.1 /);
}), { needs });

labTest('a firewall for TCP 443 lets nothing else through', () => onSites({ nat: 'port-preserving', firewall: 'tcp-443-only' }, async (network, ask) => {
  const anna = network.host('anna');
  assert.match(await connectTo(anna, '203.0.113.5', 443), /^203\.0\.113\.1 /);
  assert.match(await connectTo(anna, '2001:db8::5', 443), /^2001:db8:1::10 /);
  const others = [ask('203.0.113.5'), ask('2001:db8::5'), connectTo(anna, '203.0.113.5', 3478), connectTo(anna, '2001:db8::5', 3478)];
  assert.deepEqual((await Promise.all(others)).flat(), ['nothing', 'nothing', 'nothing', 'nothing']);
}), { needs });

const counts = (address: string, datagrams: number): string => `
  const socket = require('node:dgram').createSocket('udp${address.includes(':') ? 6 : 4}');
  let sent = 0, come = 0;
  socket.on('message', () => (come += 1));
  const pace = setInterval(() => {
    for (let each = 0; each < 20; each += 1) socket.send('x', 3478, '${address}');
    sent += 20;
    if (sent < ${datagrams}) return;
    clearInterval(pace);
    setTimeout(() => { console.log(come); socket.close(); }, 500);
  }, 10);`;

labTest('a lossy line loses about its share in both directions, of both families', () => onSites({ loss: 0.3 }, async (network) => {
  for (const address of ['203.0.113.5', '2001:db8::5']) {
    const answered = Number(await network.host('anna').run(process.execPath, ['-e', counts(address, 1000)]));
    // 0.7 there and 0.7 back are 490 of 1000; twelve standard deviations to either side.
    assert.ok(answered > 300 && answered < 680, `${answered} of 1000 came back`);
  }
}), { needs });

const measures = (address: string): string => `
  const socket = require('node:dgram').createSocket('udp${address.includes(':') ? 6 : 4}');
  const from = performance.now();
  socket.once('message', () => { console.log(performance.now() - from); socket.close(); });
  socket.send('x', 3478, '${address}');`;

labTest('a slow line delays each packet in each direction, of both families', () => onSites({ delayMs: 80 }, async (network) => {
  for (const address of ['203.0.113.5', '2001:db8::5']) {
    const roundTripMs = Number(await network.host('anna').run(process.execPath, ['-e', measures(address)]));
    assert.ok(roundTripMs >= 158, `there and back took ${roundTripMs} ms`);
  }
  // TCP passes as well, with segments as long as the line takes.
  assert.match(await connectTo(network.host('anna'), '203.0.113.5', 443), /^192\.168\.1\.10 /);
}), { needs: ['ip', 'iptables', 'socat'] });
