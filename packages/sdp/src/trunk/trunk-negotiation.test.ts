import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'sdp-transform';
import { mustAgree, negotiationOf, readTrunkFixture, summaryOf, trunkFixtures } from './test-trunks.ts';

test('offers of telephones, gateways and border controllers are answered', () => {
  const answered = trunkFixtures.map((name) => [name, summaryOf(mustAgree(negotiationOf().takeOffer(readTrunkFixture(name))))]);
  assert.deepEqual(Object.fromEntries(answered), {
    'baresip': 'sendrecv 192.0.2.2:41362 41363 opus/96 PCMU/0 PCMA/8 telephone-event/101 plain',
    'baresip-sdes': 'sendrecv 192.0.2.2:8908 8909 opus/96 G722/9 PCMU/0 PCMA/8 telephone-event/101 sdes AES_CM_128_HMAC_SHA1_80',
    'baresip-dtls': 'sendrecv 192.0.2.2:3088 3089 opus/96 G722/9 PCMU/0 PCMA/8 telephone-event/101 dtls server',
    'sipp': 'sendrecv 127.0.0.1:6000 6001 PCMU/0 plain',
    'phone-with-video': 'sendrecv 10.0.0.8:7078 7079 opus/96 PCMU/0 PCMA/8 G729/18 telephone-event/97 telephone-event/101 plain',
    'gateway': 'sendrecv 203.0.113.41:16442 16443 PCMU/0 G729/18 telephone-event/101 CN/19 plain',
    // Of its first key each packet would carry the identifier.
    'border-controller': 'sendrecv 198.51.100.20:53400 53401 G722/9 PCMU/0 PCMA/8 G729/18 telephone-event/101 CN/13 sdes AES_CM_128_HMAC_SHA1_80',
    'pbx-on-hold': 'recvonly 192.0.2.77:18214 18215 PCMU/0 PCMA/8 telephone-event/101 plain',
    'old-hold': 'recvonly 0.0.0.0:49170 49171 PCMU/0 plain',
    // Of several sections a secured one.
    'media-proxy': 'sendrecv 2001:db8::10:30002 muxed PCMA/8 telephone-event/101 sdes AES_256_CM_HMAC_SHA1_80',
  });
});

test('an answer has every section of the offer, in its order, and says where we are', () => {
  const { answer } = mustAgree(negotiationOf().takeOffer(readTrunkFixture('phone-with-video')));
  assert.deepEqual(String(answer).split('\r\n'), [
    'v=0', 'o=- 7 1 IN IP4 192.0.2.10', 's=-', 'c=IN IP4 192.0.2.10', 't=0 0',
    'm=audio 49152 RTP/AVPF 96 0 8 18 97 101',
    'a=rtpmap:96 opus/48000/2', 'a=rtpmap:0 PCMU/8000', 'a=rtpmap:8 PCMA/8000', 'a=rtpmap:18 G729/8000', 'a=rtpmap:97 telephone-event/8000', 'a=rtpmap:101 telephone-event/48000',
    'a=fmtp:96 useinbandfec=1', 'a=fmtp:18 annexb=no', 'a=fmtp:97 0-15', 'a=fmtp:101 0-15', 'a=rtcp:49153', 'a=ptime:20', 'a=sendrecv',
    'm=video 0 RTP/AVPF 98', '',
  ]);
});

test('an answer takes the key that it can use, with the tag and the name it has there', () => {
  const answerTo = (name: 'border-controller' | 'media-proxy') => parse(String(mustAgree(negotiationOf().takeOffer(readTrunkFixture(name))).answer)).media;
  assert.deepEqual(answerTo('border-controller')[0]?.crypto?.map(({ id, suite }) => [id, suite]), [[2, 'AES_CM_128_HMAC_SHA1_80']]);
  assert.deepEqual(answerTo('media-proxy').map(({ port, crypto }) => [port, crypto?.[0]?.id, crypto?.[0]?.suite]), [[0, undefined, undefined], [49_152, 1, 'AES_CM_256_HMAC_SHA1_80'], [0, undefined, undefined]]);
});

test('policy decides what secures a session', () => {
  const verdicts = (srtp: 'forbidden' | 'allowed' | 'required') => (['sipp', 'baresip-sdes', 'baresip-dtls', 'media-proxy'] as const).map((name) => {
    const negotiated = negotiationOf({ srtp }).takeOffer(readTrunkFixture(name));
    return 'kind' in negotiated ? (negotiated.kind === 'agreed' ? negotiated.trunk.security.kind : negotiated.reason) : negotiated.code;
  });
  assert.deepEqual(verdicts('forbidden'), ['none', 'noCommonSecurity', 'noCommonSecurity', 'none']);
  assert.deepEqual(verdicts('allowed'), ['none', 'sdes', 'dtls', 'sdes']);
  assert.deepEqual(verdicts('required'), ['noCommonSecurity', 'sdes', 'dtls', 'sdes']);
});

test('without a codec in common the sentence names both sides', () => {
  const negotiated = negotiationOf({ codecs: ['G722', 'G729'] }).takeOffer(readTrunkFixture('sipp'));
  assert.deepEqual(negotiated, { kind: 'disagreed', reason: 'noCommonCodec', sentence: 'None of the codecs is spoken on this trunk (PCMU): it has G722, G729.' });
});

for (const srtp of ['forbidden', 'allowed', 'required'] as const) {
  for (const keying of ['sdes', 'dtls'] as const) {
    test(`two sides of ours agree: SRTP ${srtp}, ${keying}`, () => {
      const ours = negotiationOf({ srtp, codecs: ['PCMA', 'opus'] }, { keying });
      const theirs = negotiationOf({ codecs: ['opus', 'G722', 'PCMA'] }, { rtp: { address: '2001:db8::2', port: 30_000 } });
      const answered = mustAgree(theirs.takeOffer(ours.offer('sendrecv')));
      const taken = mustAgree(ours.takeAnswer(String(answered.answer)));
      assert.equal(summaryOf(taken), `sendrecv 2001:db8::2:30000 muxed opus/111 PCMA/8 telephone-event/101 telephone-event/110 ${srtp === 'forbidden' ? 'plain' : keying === 'dtls' ? 'dtls server' : 'sdes AEAD_AES_256_GCM'}`.replace('dtls server', 'dtls client'));
      const [a, b] = [taken.trunk.security, answered.trunk.security];
      if (a.kind === 'sdes' && b.kind === 'sdes') assert.deepEqual([a.local, a.remote], [b.remote, b.local]);
      if (a.kind === 'dtls' && b.kind === 'dtls') assert.deepEqual([a.role, b.role], ['client', 'server']);
    });
  }
}

test('keys that nobody answers are plain RTP where that is allowed, and none where it is not', () => {
  const plainAnswer = 'v=0\r\no=- 1 1 IN IP4 203.0.113.5\r\ns=-\r\nc=IN IP4 203.0.113.5\r\nt=0 0\r\nm=audio 30002 RTP/AVP 0\r\n';
  const allowed = negotiationOf();
  assert.ok(allowed.offer('sendrecv').includes('m=audio 49152 RTP/AVP 111 9 0 8 18 101 110\r\n'));
  assert.equal(summaryOf(mustAgree(allowed.takeAnswer(plainAnswer))), 'sendrecv 203.0.113.5:30002 30003 PCMU/0 plain');
  const required = negotiationOf({ srtp: 'required' });
  assert.ok(required.offer('sendrecv').includes('m=audio 49152 RTP/SAVP '));
  const negotiated = required.takeAnswer(plainAnswer);
  assert.ok('kind' in negotiated && negotiated.kind === 'disagreed' && negotiated.reason === 'noCommonSecurity');
});

test('hold and its end: direction changes, keys and numbers stay, the version counts what differs', () => {
  const [ours, theirs] = [negotiationOf({ srtp: 'required' }), negotiationOf()];
  const first = mustAgree(ours.takeAnswer(String(mustAgree(theirs.takeOffer(ours.offer('sendrecv'))).answer)));
  const hold = ours.offer('sendonly');
  assert.match(hold, /^o=- 7 2 IN IP4 192\.0\.2\.10$/m);
  const held = mustAgree(theirs.takeOffer(hold));
  assert.equal(held.trunk.direction, 'recvonly');
  const taken = mustAgree(ours.takeAnswer(String(held.answer)));
  assert.deepEqual([taken.trunk.direction, taken.trunk.security], ['sendonly', first.trunk.security]);
  assert.equal(ours.offer('sendonly'), hold);
  // While we hold, an offer of theirs changes nothing about that.
  const refreshed = mustAgree(ours.takeOffer(theirs.offer('sendrecv')));
  assert.equal(refreshed.trunk.direction, 'sendonly');
  assert.match(ours.offer('sendrecv'), /^o=- 7 [34] .*[^]*a=sendrecv/m);
});

test('a payload type of the session gets no other meaning', () => {
  const ours = negotiationOf({ codecs: ['PCMA', 'opus'] });
  mustAgree(ours.takeOffer('v=0\r\no=- 1 1 IN IP4 203.0.113.5\r\ns=-\r\nc=IN IP4 203.0.113.5\r\nt=0 0\r\nm=audio 30002 RTP/AVP 101\r\na=rtpmap:101 opus/48000/2\r\n'));
  assert.match(ours.offer('sendrecv'), /m=audio 49152 RTP\/AVP 8 101 96 110\r\na=rtpmap:8 PCMA\/8000\r\na=rtpmap:101 opus\/48000\/2\r\na=rtpmap:96 telephone-event\/8000/);
});

test('numbers of an answer may differ from those of the offer: we send with theirs, and take both', () => {
  const ours = negotiationOf({ srtp: 'forbidden', codecs: ['opus'] });
  ours.offer('sendrecv');
  const { trunk } = mustAgree(ours.takeAnswer('v=0\r\no=- 1 1 IN IP4 203.0.113.5\r\ns=-\r\nc=IN IP4 203.0.113.5\r\nt=0 0\r\nm=audio 30002 RTP/AVP 120 100\r\na=rtpmap:120 OPUS/48000/2\r\na=rtpmap:100 telephone-event/48000\r\n'));
  const numbers = (codecs: typeof trunk.send) => codecs.map(({ name, payloadType }) => `${name}/${payloadType}`);
  assert.deepEqual([numbers(trunk.send), numbers(trunk.receive)], [['opus/120', 'telephone-event/100'], ['opus/111', 'opus/120', 'telephone-event/110', 'telephone-event/100']]);
});

test('who takes a session over goes on with its id, version, sections and payload types', () => {
  const before = negotiationOf({ srtp: 'forbidden' });
  const { answer } = mustAgree(before.takeOffer(readTrunkFixture('phone-with-video')));
  const after = negotiationOf({ srtp: 'forbidden' }, { sessionId: '8', rtp: { address: '192.0.2.11', port: 50_000 }, continues: String(answer) });
  const offer = after.offer('sendrecv');
  assert.match(offer, /^v=0\r\no=- 7 2 IN IP4 192\.0\.2\.11\r\n/);
  assert.match(offer, /m=audio 50000 RTP\/AVP 96 9 0 8 18 97 101\r\na=rtpmap:96 opus[^]*m=video 0 RTP\/AVPF 98\r\n$/);
  assert.equal(negotiationOf({}, { continues: 'nonsense' }).offer('sendrecv'), negotiationOf().offer('sendrecv'));
});

test('a second telephone answers the same offer', () => {
  const ours = negotiationOf({ srtp: 'forbidden' });
  ours.offer('sendrecv');
  const answer = (port: number, payloadType: number) => `v=0\r\no=- ${port} 1 IN IP4 203.0.113.5\r\ns=-\r\nc=IN IP4 203.0.113.5\r\nt=0 0\r\nm=audio ${port} RTP/AVP ${payloadType}\r\n`;
  assert.equal(summaryOf(mustAgree(ours.takeAnswer(answer(30_002, 0)))), 'sendrecv 203.0.113.5:30002 30003 PCMU/0 plain');
  assert.equal(summaryOf(mustAgree(ours.takeAnswer(answer(30_004, 8)))), 'sendrecv 203.0.113.5:30004 30005 PCMA/8 plain');
});

test('what is refused leaves the session as it was', () => {
  const ours = negotiationOf();
  mustAgree(ours.takeOffer(readTrunkFixture('pbx-on-hold')));
  const negotiated = ours.takeOffer(readTrunkFixture('sipp').replace('RTP/AVP 0', 'RTP/AVP 3').replace('rtpmap:0 PCMU', 'rtpmap:3 GSM'));
  assert.ok('kind' in negotiated && negotiated.kind === 'disagreed');
  assert.match(ours.offer('sendrecv'), /m=audio 49152 RTP\/AVP 111 9 0 8 18 101 110/);
  assert.deepEqual(ours.takeOffer('nonsense'), { ok: false, code: 'NOT_A_DESCRIPTION', at: 'session' });
});

test('packets are as long as the other side asks for, else as the trunk is set, and never longer than it takes', () => {
  const packetMsFor = (lines: string, packetMs?: number): number => {
    const offer = `v=0\r\no=- 1 1 IN IP4 203.0.113.5\r\ns=-\r\nc=IN IP4 203.0.113.5\r\nt=0 0\r\nm=audio 30002 RTP/AVP 0\r\n${lines}`;
    return mustAgree(negotiationOf(packetMs === undefined ? {} : { packetMs }).takeOffer(offer)).trunk.packetMs;
  };
  assert.deepEqual([packetMsFor(''), packetMsFor('', 30), packetMsFor('a=ptime:40\r\n', 30), packetMsFor('a=ptime:40\r\na=maxptime:20\r\n'), packetMsFor('a=maxptime:10\r\n', 60)], [20, 30, 40, 20, 10]);
  assert.deepEqual(['5', '25', '0', '-20', '200', 'abc', '9999999999'].map((ptime) => packetMsFor(`a=ptime:${ptime}\r\n`)), [10, 20, 20, 20, 60, 20, 20]);
  const ours = negotiationOf({ packetMs: 30 });
  assert.match(ours.offer('sendrecv'), /a=ptime:30\r\n/);
  assert.match(String(mustAgree(negotiationOf({ packetMs: 30 }).takeOffer(readTrunkFixture('gateway'))).answer), /a=ptime:30\r\n/);
  const answer = 'v=0\r\no=- 1 1 IN IP4 203.0.113.5\r\ns=-\r\nc=IN IP4 203.0.113.5\r\nt=0 0\r\nm=audio 30002 RTP/AVP 0\r\na=ptime:60\r\n';
  assert.equal(mustAgree(ours.takeAnswer(answer)).trunk.packetMs, 60);
});

test('offers of ours have ICE where that is wanted, and go on with it where the answer has it, too', () => {
  const answer = (lines: readonly string[]) => ['v=0', 'o=- 1 1 IN IP4 203.0.113.5', 's=-', 'c=IN IP4 203.0.113.5', 't=0 0', 'm=audio 30002 RTP/AVP 0', ...lines, ''].join('\r\n');
  const checking = answer(['a=ice-ufrag:abab', `a=ice-pwd:${'ab'.repeat(12)}`, 'a=rtcp-mux']);
  for (const [answered, goesOn] of [[checking, true], [checking.replace('t=0 0', 't=0 0\r\na=ice-lite'), false], [answer([]), false]] as const) {
    const ours = negotiationOf({ srtp: 'forbidden', ice: 'offered' });
    assert.match(ours.offer('sendrecv'), /a=ice-lite\r\n[^]*a=ice-pwd:oursoursoursoursour1xx/);
    assert.match(ours.offer('sendonly'), /a=ice-pwd:oursoursoursoursour1xx/);
    assert.equal(mustAgree(ours.takeAnswer(answered)).trunk.ice !== undefined, goesOn);
    assert.equal(/a=ice-pwd:oursoursoursoursour1xx/.test(ours.offer('sendrecv')), goesOn);
  }
  assert.doesNotMatch(negotiationOf({ srtp: 'forbidden' }).offer('sendrecv'), /ice-/);
});

test('who checks is answered by a lite agent, whose credentials stay until its own are others', () => {
  const offer = (lines: readonly string[]) => ['v=0', 'o=- 1 1 IN IP4 203.0.113.5', 's=-', 'c=IN IP4 203.0.113.5', 't=0 0', 'm=audio 30002 RTP/AVP 0', 'a=candidate:1 1 udp 2130706431 203.0.113.5 30002 typ host', ...lines, ''].join('\r\n');
  const credentials = (seed: string) => [`a=ice-ufrag:${seed}${seed}`, `a=ice-pwd:${seed.repeat(12)}`];
  const ours = negotiationOf({ srtp: 'forbidden' });
  const answerTo = (lines: readonly string[]) => String(mustAgree(ours.takeOffer(offer(lines))).answer);
  const first = answerTo([...credentials('ab'), 'a=rtcp-mux']);
  assert.deepEqual(first.split('\r\n').filter((line) => /ice|candidate|rtcp/.test(line)), [
    'a=ice-lite', 'a=ice-ufrag:ours', 'a=ice-pwd:oursoursoursoursour1xx', 'a=candidate:1 1 udp 2130706431 192.0.2.10 49152 typ host', 'a=rtcp-mux',
  ]);
  assert.match(ours.offer('sendonly'), /a=ice-pwd:oursoursoursoursour1xx/);
  assert.match(answerTo([...credentials('ab'), 'a=rtcp-mux']), /a=ice-pwd:oursoursoursoursour1xx/);
  assert.match(answerTo([...credentials('cd'), 'a=rtcp-mux']), /a=ice-pwd:oursoursoursoursour2xx/);
  for (const lines of [credentials('ab'), ['a=ice-ufrag:ab', 'a=rtcp-mux'], ['a=rtcp-mux']]) assert.doesNotMatch(answerTo(lines), /ice-|candidate/, lines.join(' '));
  const lite = offer([...credentials('ab'), 'a=rtcp-mux']).replace('t=0 0', 't=0 0\r\na=ice-lite');
  assert.doesNotMatch(String(mustAgree(negotiationOf().takeOffer(lite)).answer), /ice-|candidate/);
});
