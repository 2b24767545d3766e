import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeUri, isHost, numericHost, parseSipUri, parseTelUri, parseUri, sameSipUri, telephoneNumberOf, unescapeUri, uriHeader, userOf, writeUri } from '../index.ts';

test('SIP URIs are taken apart and put together again', () => {
  for (const text of [
    'sip:alice@atlanta.example.com',
    'sip:alice:secretword@atlanta.example.com;transport=tcp',
    'sips:alice@atlanta.example.com?subject=project%20x&priority=urgent',
    'sip:+1-212-555-1212:1234@gateway.example.com;user=phone',
    'sip:atlanta.example.com;method=REGISTER?to=alice%40atlanta.example.com',
    'sip:alice;day=tuesday@atlanta.example.com',
    'sip:[2001:db8::10]:5070;lr',
    'sip:192.0.2.1:5060',
    'sip:a_b@under_score.example.com.',
    'sip:sip%3Auser%40example.com@company.example.com;other-param=summit',
    'tel:+1-201-555-0123;ext=1;phone-context=x',
    'mailto:a@b?c=d',
    'urn:service:sos',
  ]) {
    const uri = parseUri(text);
    assert.ok(uri, text);
    assert.equal(writeUri(uri), text);
  }
  const uri = parseSipUri('SIP:a%20b:p@H.example.com:5061;Transport=TLS;lr?Subject=x%26y');
  assert.ok(uri);
  assert.deepEqual([uri.scheme, userOf(uri), uri.password, uri.host, uri.port, [...uri.parameters], uriHeader(uri, 'subject')], ['sip', 'a b', 'p', 'H.example.com', 5061, [['transport', 'TLS'], ['lr', undefined]], ['x&y']]);
});

test('what is no URI', () => {
  for (const text of ['', 'sip', 'sip:', 'sip:@h', 'sip:a@', 'sip:a@h:', 'sip:a@h:65536', 'sip:a@h:5x', 'sip:a@[::1', 'sip:a@[1.2.3.4]', 'sip:a@h;;x', 'sip:a@h;lr;lr', 'sip:a%4@h', 'sip:a@h?x=%zz', 'sip:a b@h', 'sip:a"@h', 'sip:a@h..x', 'sip:a@2001:db8::1', 'tel:', 'tel:+', 'tel:xyz', 'tel:+1;;', '1x:y', 'x:', ':x']) {
    assert.equal(parseUri(text), undefined, text);
  }
});

/** RFC 3261 §19.1.4, its own examples. */
test('which URIs are the same', () => {
  const same: readonly (readonly [string, string])[] = [
    ['sip:%61lice@atlanta.example.com;transport=TCP', 'sip:alice@AtlanTa.Example.com;Transport=tcp'],
    ['sip:carol@chicago.example.com', 'sip:carol@chicago.example.com;newparam=5'],
    ['sip:carol@chicago.example.com', 'sip:carol@chicago.example.com;security=on'],
    ['sip:biloxi.example.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.example.com', 'sip:biloxi.example.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.example.com'],
    ['sip:alice@atlanta.example.com?subject=project%20x&priority=urgent', 'sip:alice@atlanta.example.com?priority=urgent&subject=project%20x'],
    ['sip:a@[2001:db8::1]', 'sip:a@[2001:0DB8:0:0:0:0:0:1]'],
  ];
  const different: readonly (readonly [string, string])[] = [
    ['SIP:ALICE@AtLanTa.example.CoM;Transport=udp', 'sip:alice@AtlanTa.example.com;Transport=UDP'],
    ['sip:bob@biloxi.example.com', 'sip:bob@biloxi.example.com:5060'],
    ['sip:bob@biloxi.example.com', 'sip:bob@biloxi.example.com;transport=udp'],
    ['sip:bob@biloxi.example.com', 'sip:bob@biloxi.example.com:6000;transport=tcp'],
    ['sip:carol@chicago.example.com', 'sip:carol@chicago.example.com?Subject=next%20meeting'],
    ['sip:bob@phone21.boxesbybob.example.com', 'sip:bob@192.0.2.4'],
    ['sip:carol@chicago.example.com;security=on', 'sip:carol@chicago.example.com;security=off'],
    ['sip:a%3Bb@h', 'sip:a;b@h'],
    ['sip:a@h', 'sips:a@h'],
    ['sip:a@h', 'sip:h'],
  ];
  for (const [cases, expected] of [[same, true], [different, false]] as const) {
    for (const [a, b] of cases) {
      const [first, second] = [parseSipUri(a), parseSipUri(b)];
      assert.ok(first && second, `${a} ${b}`);
      assert.equal(sameSipUri(first, second), expected, `${a} ${b}`);
      assert.equal(sameSipUri(second, first), expected, `${b} ${a}`);
    }
  }
});

test('telephone numbers in URIs', () => {
  const cases: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ['tel:+1-555-010.0', '+15550100', undefined],
    ['tel:7042;phone-context=example.com', '7042', 'example.com'],
    ['tel:*21#', '*21#', undefined],
    ['sip:+15550100@sbc.example.com;user=phone', '+15550100', undefined],
    ['sip:0100;phone-context=+1555@sbc.example.com;user=phone', '0100', '+1555'],
    ['sip:%2B15550100@sbc.example.com', '+15550100', undefined],
    ['sip:alice@example.com', undefined, undefined],
    ['sip:sbc.example.com', undefined, undefined],
    ['sip:+@h', undefined, undefined],
    ['sip:abba@example.com', undefined, undefined],
    ['sip:b100@example.com;user=phone', 'B100', undefined],
  ];
  for (const [text, digits, context] of cases) {
    const uri = parseUri(text);
    assert.ok(uri && uri.kind !== 'other', text);
    const number = telephoneNumberOf(uri);
    assert.deepEqual([number?.digits, number?.context], [digits, context], text);
  }
  assert.equal(parseTelUri('sip:a'), undefined);
});

test('escapes stand for bytes, whatever these are', () => {
  assert.equal(unescapeUri('a%00%C3%BC%fF'), 'a\u0000\u00fc\udcff');
  assert.equal(escapeUri('a\u0000\u00fc\udcff b;', ';'), 'a%00%C3%BC%FF%20b;');
  assert.equal(unescapeUri('%4'), undefined);
});

test('hosts: names and addresses', () => {
  assert.deepEqual(numericHost('[2001:DB8:0::1]'), { family: 6, address: '2001:db8::1' });
  assert.deepEqual(numericHost('192.0.2.1'), { family: 4, address: '192.0.2.1' });
  assert.equal(numericHost('192.0.2.256'), undefined);
  assert.ok(isHost('[::ffff:192.0.2.1]') && isHost('a-b.c') && !isHost('') && !isHost('-.') && !isHost('a..b') && !isHost('2001:db8::1'));
});
