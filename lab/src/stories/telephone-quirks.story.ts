/** What carriers do differently: offers that come late, sessions that want refreshing, border controllers that are out of order, TLS with SRTP, media that comes early. */
import assert from 'node:assert/strict';
import type { NameRecords } from '../network/name-server.ts';
import { labTest } from '../requirements.ts';
import { startCarrier } from '../telephones/carrier.ts';
import { startLinphone } from '../telephones/linphone.ts';
import { runSipp } from '../telephones/sipp.ts';
import { annasNumber, changeTrunk, type Exchange, hearEachOther, numbers, openExchange, reach, refusedWith, routeThrough, sipServer, withScriptedCaller } from './telephone-room.ts';

labTest('callers, keys and border controllers', async (context) => {
  const everyKey = '0123456789*#';
  await using exchange = await openExchange({ anna: 'open' }, ['clara', 'david'], {
    ...withScriptedCaller, hosts: { ...withScriptedCaller.hosts, dead: { segment: 'internet', address: '203.0.113.134' }, broken: { segment: 'internet', address: '203.0.113.132' } },
    carrier: { sendsOnTo: numbers.clara }, telephones: { david: { playsKeys: everyKey } },
  });
  const anna = exchange.member('anna');
  const [clara, david] = [exchange.telephone('clara'), exchange.telephone('david')];

  await context.test('a caller that offers nothing, and one that refreshes its session', async () => {
    const caller = exchange.network.host('scripted');
    const offerless = runSipp(caller, { scenario: 'offerless-caller', target: sipServer, service: annasNumber, caller: numbers.clara });
    await Promise.race([anna.phone.call('answer'), offerless]);
    await anna.phone.call('reaches', 'Connected');
    await anna.phone.call('do', 'hangUp');
    await offerless;
    const refreshing = runSipp(caller, { scenario: 'refreshing-caller', target: sipServer, service: annasNumber, caller: numbers.david });
    // It is over soon: the answer may be told after the end.
    await Promise.all([anna.phone.call('answer'), refreshing]);
    assert.deepEqual((await anna.phone.call('reaches', 'Disconnected')).endReason, { code: 0, subCode: 540_000 });
  });

  await context.test('keys as telephone events, and as tones where the carrier takes no events', async () => {
    await anna.phone.call('dial', numbers.clara, annasNumber);
    await clara.ring();
    clara.answer();
    await Promise.all([anna.phone.call('reaches', 'Connected'), clara.talks()]);
    clara.press(everyKey);
    await anna.phone.call('keys', everyKey);
    await anna.phone.call('press', everyKey);
    await clara.keys(everyKey);
    await anna.phone.call('do', 'hangUp');
    await clara.ends();

    await changeTrunk(exchange, { profile: { dtmf: 'inband' } });
    await anna.phone.call('dial', numbers.david, annasNumber);
    await david.ring();
    david.answer();
    await Promise.all([anna.phone.call('reaches', 'Connected'), david.talks()]);
    await anna.phone.call('keys', everyKey);
    await anna.phone.call('press', everyKey);
    await david.keysInSound(everyKey);
    await anna.phone.call('do', 'hangUp');
    await david.ends();
  });

  await context.test('the next border controller is tried when one is dead or out of order, and not when it says no; one sends the call on', async () => {
    // Not even its kernel says that nobody is there.
    const dead = exchange.network.host('dead');
    await dead.run('iptables', ['-I', 'INPUT', '-p', 'udp', '-j', 'DROP']);
    await using broken = await startCarrier(exchange.network.host('broken'), { certificate: exchange.certificate, domain: 'broken.example', interconnect: '203.0.113.5', interconnectUri: 'sip:203.0.113.5', refusal: 503 });
    await routeThrough(exchange, [['dead.example', dead.address], [broken.domain, broken.host.address]]);
    await reach(anna, clara);
    await anna.phone.call('do', 'hangUp');
    await clara.ends();
    await anna.phone.call('dial', refusedWith(486), annasNumber);
    assert.equal((await anna.phone.call('reaches', 'Disconnected')).endReason?.subCode, 560_486);
    await reach(anna, clara, refusedWith(302));
    clara.hangUp();
    await anna.phone.call('reaches', 'Disconnected');
  });
});

labTest('TLS with SRTP to the carrier', async () => {
  await using exchange = await openExchange({ anna: 'home' }, ['clara'], {
    trunk: { transport: 'tls', port: 5061, profile: { srtp: 'required', srtpKeying: 'sdes' } },
    carrier: { interconnectUri: 'sip:203.0.113.5:5061;transport=tls' },
    telephones: { clara: { encryption: 'srtp-mand' } },
  });
  await callBothWays(exchange);
});

labTest('telephones behind NATs', async (context) => {
  await using exchange = await openExchange({ anna: 'home' }, ['clara'], { telephonesAt: { clara: 'carrier' }, moves: [['david', 'home']], trunk: { profile: { dtmf: 'info' } } });
  const anna = exchange.member('anna');
  const clara = exchange.telephone('clara');

  await context.test('one whose description names a private address', async () => {
    clara.dial(`sip:${annasNumber}@carrier.example`);
    await anna.phone.call('answer');
    await hearEachOther(anna, clara);
    await anna.phone.call('do', 'hangUp');
    await clara.ends();
  });

  await context.test('sound that comes before the answer, and keys that come as INFO', async () => {
    await using david = await startLinphone(exchange.network.host('david-home'), { person: 'david', user: numbers.david, domain: exchange.carrier.domain, registrar: 'sip:203.0.113.130;transport=tcp', digitsAs: 'info' });
    await exchange.carrier.registered(david.user);
    await anna.phone.call('dial', numbers.david, annasNumber);
    await anna.phone.call('reaches', 'EarlyMedia');
    await anna.phone.call('hears', 'david');
    david.answer();
    await anna.phone.call('reaches', 'Connected');
    await hearEachOther(anna, david);
    david.press('159#');
    await anna.phone.call('keys', '159#');
    await anna.phone.call('press', '7*');
    await david.keys('7*');
    await anna.phone.call('do', 'hangUp');
    await david.ends();
  });
});

labTest('a carrier that is found by NAPTR and SRV, whose first server is dead, and that wants a registration', async () => {
  const customer = { username: 'dialplane', password: 'a word that the two know' };
  await using exchange = await openExchange({ anna: 'open' }, ['clara'], {
    names: carrierNames, carrier: { customer },
    trunk: { addresses: [], credentials: { username: customer.username, secret: customer.password }, registration: {}, admission: { addresses: ['203.0.113.130'] } },
  });
  await exchange.carrier.registered(customer.username);
  await callBothWays(exchange);
});

/** TCP is preferred, and nobody listens at the first of its two servers. */
const carrierNames: NameRecords = {
  hosts: { 'dead.carrier.example': ['203.0.113.133'], 'alive.carrier.example': ['203.0.113.130'] },
  services: [
    { name: '_sip._tcp.carrier.example', target: 'dead.carrier.example', port: 5060, priority: 10 },
    { name: '_sip._tcp.carrier.example', target: 'alive.carrier.example', port: 5060, priority: 20 },
  ],
  pointers: [
    { name: 'carrier.example', order: 10, service: 'SIP+D2T', replacement: '_sip._tcp.carrier.example' },
    { name: 'carrier.example', order: 20, service: 'SIP+D2U', replacement: '_sip._udp.carrier.example' },
  ],
};

labTest('a carrier over IPv6', async () => {
  await using exchange = await openExchange({ anna: 'home' }, ['clara'], { family: 6 });
  await callBothWays(exchange);
  await exchange.capture.stop();
  assert.ok((await exchange.capture.count('sip && ipv6.addr == 2001:db8::130')) >= 10);
});

/** Anna calls Clara's telephone, then Clara calls Anna; they hear each other both times. */
async function callBothWays(exchange: Exchange): Promise<void> {
  const anna = exchange.member('anna');
  const clara = exchange.telephone('clara');
  await reach(anna, clara);
  await anna.phone.call('do', 'hangUp');
  await clara.ends();
  clara.dial(`sip:${annasNumber}@carrier.example`);
  assert.equal(await anna.phone.call('ring'), `4:${numbers.clara}`);
  await anna.phone.call('answer');
  await hearEachOther(anna, clara);
  clara.hangUp();
  await anna.phone.call('reaches', 'Disconnected');
}
