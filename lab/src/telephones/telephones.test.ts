/** Proves the telephones and the carrier of the lab themselves: two telephones call each other through the carrier. */
import assert from 'node:assert/strict';
import { buildNetwork } from '../network/network.ts';
import { labTest } from '../requirements.ts';
import { startBaresip } from './baresip.ts';
import { makeCarrierCertificate, startCarrier } from './carrier.ts';
import { startLinphone } from './linphone.ts';

labTest('two telephones at one carrier call each other, hear each other and press keys', async () => {
  await using network = await buildNetwork({
    segments: { internet: { subnet: '203.0.113.0/24' } },
    hosts: { carrier: { segment: 'internet', address: '203.0.113.30' }, clara: { segment: 'internet', address: '203.0.113.31' }, david: { segment: 'internet', address: '203.0.113.32' } },
  });
  await using certificate = await makeCarrierCertificate('carrier.example', '203.0.113.30');
  await using carrier = await startCarrier(network.host('carrier'), { certificate, domain: 'carrier.example', interconnect: '203.0.113.5', interconnectUri: 'sip:203.0.113.5' });
  const at = { domain: carrier.domain, registrar: 'sip:203.0.113.30' };
  await using clara = await startBaresip(network.host('clara'), { ...at, person: 'clara', user: '+14255550103' });
  await using david = await startBaresip(network.host('david'), { ...at, person: 'david', user: '+14255550104' });
  clara.dial('sip:+14255550104@carrier.example');
  assert.match(await david.ring(), /14255550103/);
  david.answer();
  await Promise.all([clara.talks(), david.talks()]);
  await Promise.all([clara.hearsAll(['david']), david.hearsAll(['clara'])]);
  clara.press('5#');
  await david.keys('5#');
  clara.hangUp();
  await Promise.all([clara.ends(), david.ends()]);
});

labTest('linphone is called by baresip', async () => {
  await using network = await buildNetwork({
    segments: { internet: { subnet: '203.0.113.0/24' }, lan: { subnet: '192.168.7.0/24' } },
    hosts: { carrier: { segment: 'internet', address: '203.0.113.30' }, clara: { segment: 'internet', address: '203.0.113.31' }, david: { segment: 'lan', address: '192.168.7.10' } },
    routers: { box: { addresses: { internet: '203.0.113.32', lan: '192.168.7.1' } } },
  });
  await using certificate = await makeCarrierCertificate('carrier.example', '203.0.113.30');
  await using carrier = await startCarrier(network.host('carrier'), { certificate, domain: 'carrier.example', interconnect: '203.0.113.5', interconnectUri: 'sip:203.0.113.5' });
  const at = { domain: carrier.domain, registrar: 'sip:203.0.113.30;transport=tcp' };
  await using clara = await startBaresip(network.host('clara'), { ...at, person: 'clara', user: '+14255550103' });
  await using david = await startLinphone(network.host('david'), { ...at, person: 'david', user: '+14255550104' });
  await carrier.registered(david.user);
  clara.dial('sip:+14255550104@carrier.example');
  assert.match(await david.ring(), /14255550103/);
  david.answer();
  await Promise.all([clara.talks(), david.talks()]);
  await Promise.all([clara.hearsAll(['david']), david.hearsAll(['clara'])]);
  clara.press('5');
  await david.keys('5');
  david.hangUp();
  await Promise.all([clara.ends(), david.ends()]);
});
