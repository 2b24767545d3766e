import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  anonymousAddress,
  isAnonymous,
  noParameters,
  parseAddress,
  parseVia,
  readAddresses,
  readDiversions,
  readHistoryInfo,
  readIdentities,
  readParameters,
  readPrivacy,
  SipHeaders,
  writeAddress,
  writeDiversion,
  writeVia,
} from '../index.ts';

test('addresses with and without brackets, names and parameters (RFC 3261 §20.10)', () => {
  const cases: readonly (readonly [text: string, displayName: string, uri: string, parameters: Record<string, string | undefined>])[] = [
    ['sip:bob@example.com', '', 'sip:bob@example.com', {}],
    ['sip:bob@example.com;tag=a', '', 'sip:bob@example.com', { tag: 'a' }],
    ['<sip:bob@example.com;lr>;tag=a', '', 'sip:bob@example.com;lr', { tag: 'a' }],
    ['Bob <sip:bob@example.com>', 'Bob', 'sip:bob@example.com', {}],
    ['Bob<sip:bob@example.com>', 'Bob', 'sip:bob@example.com', {}],
    ['Mr. Bob  Smith <sip:bob@example.com> ; q=0.5', 'Mr. Bob  Smith', 'sip:bob@example.com', { q: '0.5' }],
    ['"Bob <b>, \\"B\\\\\\"" <sip:bob@example.com>;+sip.instance="<urn:uuid:1>"', 'Bob <b>, "B\\"', 'sip:bob@example.com', { '+sip.instance': '<urn:uuid:1>' }],
    ['"" <tel:+1-555-0100>', '', 'tel:+1-555-0100', {}],
    ['<sip:[2001:db8::1]:5060>;Tag = x ;lr', '', 'sip:[2001:db8::1]:5060', { tag: 'x', lr: undefined }],
    ['M\u00fcller (Co.) & S\u00f6hne <sip:a@b>;tag=43', 'M\u00fcller (Co.) & S\u00f6hne', 'sip:a@b', { tag: '43' }],
  ];
  for (const [text, displayName, uri, parameters] of cases) {
    const address = parseAddress(text);
    assert.ok(address, text);
    assert.deepEqual({ ...address, parameters: Object.fromEntries(address.parameters) }, { displayName, uri, parameters }, text);
    assert.deepEqual(parseAddress(writeAddress(address)), address, text);
  }
});

test('what is no address', () => {
  for (const text of ['', '*', 'bob', '<>', '<sip:>', '<sip:bob@example.com', '"Bob <sip:bob@example.com>', '"Bob" "Smith" <sip:b@c>', 'Bob "x" <sip:b@c>', '"Bob" sip:b@c', 'Bell, Alexander <sip:b@c>', 'sip:b@c?x=y', 'sip:b@c,d', '<sip:b c>', '< sip:b@c>', '<sip:b@c>;;', '<sip:b@c>;=x', '<sip:b@c>;tag=1;TAG=2', '<sip:b@c>x', '<sip:b@c>;a="b']) {
    assert.equal(parseAddress(text), undefined, text);
  }
});

test('addresses of a header field are read together, or not at all', () => {
  const headers = SipHeaders.of(['Contact', '"A, B" <sip:a@b;x=1,2>, sip:c@d'], ['m', '<sip:e@f>']);
  assert.deepEqual(readAddresses(headers, 'Contact')?.map((address) => address.uri), ['sip:a@b;x=1,2', 'sip:c@d', 'sip:e@f']);
  headers.add('Contact', '*');
  assert.equal(readAddresses(headers, 'Contact'), undefined);
});

test('parameters keep their order; one that stands twice is refused', () => {
  assert.equal(readParameters(''), noParameters);
  assert.deepEqual([...(readParameters(' ; a = b;C="d;e\\"";f ') ?? [])], [['a', 'b'], ['c', 'd;e"'], ['f', undefined]]);
  for (const text of ['a', ';', ';a=', ';a;;b', ';a b', ';a=b c', ';a;A', ';a="b', ';a="b\\"', ';a=<b>']) assert.equal(readParameters(text), undefined, text);
});

test('Via (RFC 3261 §20.42)', () => {
  const via = parseVia('SIP  / 2.0\t/ udp   [2001:db8::9:1] : 5070 ;branch=z9hG4bK1; rport;received=[2001:db8::9:255]');
  assert.deepEqual(via && { ...via, parameters: Object.fromEntries(via.parameters) }, { transport: 'UDP', host: '[2001:db8::9:1]', port: 5070, parameters: { branch: 'z9hG4bK1', rport: undefined, received: '[2001:db8::9:255]' } });
  assert.equal(via && writeVia(via), 'SIP/2.0/UDP [2001:db8::9:1]:5070;branch=z9hG4bK1;rport;received=[2001:db8::9:255]');
  assert.equal(parseVia('SIP/2.0/TLS-SCTP a.example.com')?.transport, 'TLS-SCTP');
  for (const text of ['', 'SIP/2.0/UDP', 'SIP/3.0/UDP a', 'SIP/2.0/UDP a:', 'SIP/2.0/UDP a:65536', 'SIP/2.0/UDP a b', 'SIP/2.0/UDP 2001:db8::1', 'SIP/2.0/UDP a;branch=1;branch=2', 'SIP/2.0/UDP a;', 'UDP a']) assert.equal(parseVia(text), undefined, text);
});

test('who calls, where a trusted network says so (RFC 3325)', () => {
  const headers = SipHeaders.of(['P-Asserted-Identity', '"A" <sip:a@b>, tel:+15550100'], ['Remote-Party-ID', '<sip:x@y>;party=called, "C" <sip:+15550101@y>;screen=yes']);
  assert.deepEqual(readIdentities(headers, 'P-Asserted-Identity').map((address) => address.uri), ['sip:a@b', 'tel:+15550100']);
  assert.deepEqual(readIdentities(headers, 'Remote-Party-ID').map((address) => address.displayName), ['C']);
  assert.deepEqual(readIdentities(headers, 'P-Preferred-Identity'), []);
});

test('who does not want to be known (RFC 3323, RFC 3325)', () => {
  assert.deepEqual([...readPrivacy(SipHeaders.of(['Privacy', 'ID; critical']))], ['id', 'critical']);
  assert.ok(isAnonymous(SipHeaders.of(['Privacy', 'header;id'])));
  assert.ok(isAnonymous(SipHeaders.of(['From', `${anonymousAddress};tag=1`])));
  assert.ok(isAnonymous(SipHeaders.of(['From', '<sip:anonymous@carrier.example.com>;tag=1'])));
  assert.ok(isAnonymous(SipHeaders.of(['Remote-Party-ID', '<sip:a@b>;privacy=full'])));
  assert.ok(!isAnonymous(SipHeaders.of(['Privacy', 'none'], ['From', '<sip:anonymouse@b>;tag=1'], ['Remote-Party-ID', '<sip:a@b>;privacy=off'])));
});

test('who has diverted a call: History-Info (RFC 7044) and Diversion (RFC 5806)', () => {
  const headers = SipHeaders.of(
    ['History-Info', '<sip:bob@example.com?Reason=SIP%3Bcause%3D302%3Btext%3D%22Moved%22&Privacy=history>;index=1;foo=bar, <sip:carol@example.com;cause=486>;index=1.1;mp=1'],
    ['History-Info', '<sip:no-index@example.com>, <tel:+15550100>;index=1.1.1'],
    ['Diversion', '"Bob" <sip:+15550101@example.com>;reason=User-Busy;counter=2;privacy=full, <tel:+15550102>'],
  );
  assert.deepEqual(
    readHistoryInfo(headers).map(({ target, index, cause, isPrivate, reasons }) => [target.uri, index, cause, isPrivate, reasons.map((reason) => reason.text)]),
    [
      ['sip:bob@example.com', '1', 302, true, ['Moved']],
      ['sip:carol@example.com;cause=486', '1.1', 486, false, []],
      ['tel:+15550100', '1.1.1', undefined, false, []],
    ],
  );
  const diversions = readDiversions(headers);
  assert.deepEqual(diversions.map(({ by, reason, counter, isPrivate }) => [by.uri, reason, counter, isPrivate]), [['sip:+15550101@example.com', 'user-busy', 2, true], ['tel:+15550102', 'unknown', 1, false]]);
  const [first] = diversions;
  assert.equal(first && writeDiversion(first), 'Bob <sip:+15550101@example.com>;reason=user-busy;counter=2;privacy=full');
});
