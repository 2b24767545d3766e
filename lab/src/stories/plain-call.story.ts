import assert from 'node:assert/strict';
import type { BrowserContext } from 'playwright-core';
import { launchBrowser } from '../browsers/chromium.ts';
import { launchFirefox, openFirefoxPage } from '../browsers/firefox.ts';
import { startCapture } from '../captures/capture.ts';
import { openLabPage, type LabPage } from '../browsers/lab-page.ts';
import { buildNetwork } from '../network/network.ts';
import type { PlainCallPage } from '../browsers/page-contracts.ts';
import { labTest } from '../requirements.ts';

const oneSubnet = {
  segments: { office: { subnet: '192.168.1.0/24' } },
  hosts: { anna: { segment: 'office', address: '192.168.1.10' }, boris: { segment: 'office', address: '192.168.1.11' } },
  routers: { router: { addresses: { office: '192.168.1.1' } } },
};

const twoSubnets = {
  segments: { office: { subnet: '10.10.0.0/16' }, home: { subnet: '192.168.1.0/24' } },
  hosts: { anna: { segment: 'office', address: '10.10.3.4' }, boris: { segment: 'home', address: '192.168.1.20' } },
  routers: { router: { addresses: { office: '10.10.0.1', home: '192.168.1.1' } } },
};

/** A secure context, as the microphone needs it; the document never leaves the driver. */
const openPlain = (context: BrowserContext): Promise<LabPage<PlainCallPage>> => openLabPage(context, 'plain-call', 'https://plain.invalid/');

async function connect(anna: LabPage<PlainCallPage>, boris: LabPage<PlainCallPage>): Promise<void> {
  await anna.call('acceptAnswer', await boris.call('answer', await anna.call('offer')));
}

labTest('a known tone and a known picture are recognised at the other side, and silence and black are told from them', async () => {
  await using network = await buildNetwork(oneSubnet);
  await using capture = await startCapture(network.host('anna'));
  await using annas = await launchBrowser(network.host('anna'), { person: 'anna' });
  await using boriss = await launchBrowser(network.host('boris'), { person: 'boris' });
  const [anna, boris] = await Promise.all([openPlain(annas.context), openPlain(boriss.context)]);
  await Promise.all([anna.call('openDevices'), boris.call('openDevices')]);
  await connect(anna, boris);

  assert.deepEqual(await anna.call('settled'), {
    state: 'connected',
    pairs: [{ local: { type: 'host', protocol: 'udp', address: '192.168.1.10' }, remote: { type: 'host', protocol: 'udp', address: '192.168.1.11' } }],
  });
  await Promise.all([anna.call('hears', 'boris'), boris.call('hears', 'anna'), anna.call('sees', 'boris'), boris.call('sees', 'anna')]);

  // Own media is not taken for the other's.
  await anna.call('hears', 'anna', 'local');
  assert.equal(await anna.call('seen', 'local'), 'anna');

  await anna.call('enable', 'audio', false);
  await anna.call('enable', 'video', false);
  await Promise.all([boris.call('hears', null), boris.call('sees', null)]);
  assert.deepEqual(await Promise.all([boris.call('heard', 'remote'), boris.call('seen', 'remote')]), [null, null]);
  await Promise.all([anna.call('hears', 'boris'), anna.call('sees', 'boris')]);

  await capture.stop();
  assert.ok((await capture.count('ip.src == 192.168.1.10 && ip.dst == 192.168.1.11 && udp')) > 50);
  assert.ok((await capture.count('ip.src == 192.168.1.11 && ip.dst == 192.168.1.10 && udp')) > 50);
});

labTest('Firefox and Chromium recognise each other', async () => {
  await using network = await buildNetwork(oneSubnet);
  await using annas = await launchBrowser(network.host('anna'), { person: 'anna' });
  await using claras = await launchFirefox(network.host('boris'));
  const [anna, clara] = await Promise.all([openPlain(annas.context), openFirefoxPage<PlainCallPage>(claras, 'plain-call', 'https://plain.invalid/')]);
  await clara.call('drawDevices', 'clara');
  await Promise.all([anna.call('openDevices'), clara.call('openDevices')]);
  await connect(anna, clara);
  await Promise.all([anna.call('hears', 'clara'), clara.call('hears', 'anna'), anna.call('sees', 'clara'), clara.call('sees', 'anna')]);
});

labTest('addresses hidden behind mDNS names connect within a subnet', async () => {
  await using network = await buildNetwork(oneSubnet);
  await using annas = await launchBrowser(network.host('anna'), { person: 'anna', hidesAddresses: true });
  await using boriss = await launchBrowser(network.host('boris'), { person: 'boris', hidesAddresses: true });
  const [anna, boris] = await Promise.all([openPlain(annas.context), openPlain(boriss.context)]);
  const offer = await anna.call('offer');
  assert.match(offer, /a=candidate:\S+ 1 udp \d+ [0-9a-f-]{36}\.local /);
  assert.doesNotMatch(offer, /a=candidate.* 192\.168\.1\.10 /);
  await anna.call('acceptAnswer', await boris.call('answer', offer));
  const { state, pairs } = await anna.call('settled');
  assert.equal(state, 'connected');
  // Boris's check may come before his name is resolved (RFC 8445 §7.3.1.3).
  for (const { local, remote } of pairs) assert.match(`${local.type} to ${remote.type}`, /^host to (host|prflx)$/);
  assert.equal(pairs.length, 1);
});

labTest('across a router, one side that shows its address is enough', async () => {
  await using network = await buildNetwork(twoSubnets);
  await using annas = await launchBrowser(network.host('anna'), { person: 'anna' });
  await using boriss = await launchBrowser(network.host('boris'), { person: 'boris', hidesAddresses: true });
  const [anna, boris] = await Promise.all([openPlain(annas.context), openPlain(boriss.context)]);
  await anna.call('openDevices');
  await connect(anna, boris);
  const { state, pairs } = await anna.call('settled');
  assert.deepEqual([state, pairs.map((pair) => [pair.local.type, pair.remote.type])], ['connected', [['host', 'prflx']]]);
});
