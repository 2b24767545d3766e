import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIpAddress, parseIpAddress, parseStunUri, parseTransportAddress } from './index.ts';

test('addresses are read strictly and written as RFC 5952 says', () => {
  for (const [text, written] of [
    ['192.0.2.1', '192.0.2.1'],
    ['255.255.255.255', '255.255.255.255'],
    ['::', '::'],
    ['::1', '::1'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
    ['fe80::1', 'fe80::1'],
    ['1::', '1::'],
  ] as const) {
    const ip = parseIpAddress(text);
    assert.equal(ip && formatIpAddress(ip), written, text);
  }
  for (const text of ['', '1.2.3', '1.2.3.256', '01.2.3.4', '1.2.3.4.5', ':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '12345::', '::1%eth0', '1.2.3.4::', '::1.2.3']) {
    assert.equal(parseIpAddress(text), undefined, text);
  }
});

test('transport addresses need a port, and brackets around IPv6', () => {
  assert.deepEqual(parseTransportAddress('192.0.2.1:3478'), { family: 4, w0: 0xc0000201 | 0, w1: 0, w2: 0, w3: 0, port: 3478 });
  assert.equal(parseTransportAddress('[::1]:65535')?.port, 65535);
  for (const text of ['192.0.2.1', '192.0.2.1:65536', '::1:80', '[192.0.2.1]:80', '[::1]']) assert.equal(parseTransportAddress(text), undefined, text);
});

test('stun URIs of RFC 7064', () => {
  assert.deepEqual(parseStunUri('stun:example.org'), { scheme: 'stun', host: 'example.org', port: 3478 });
  assert.deepEqual(parseStunUri('STUNS:example.org'), { scheme: 'stuns', host: 'example.org', port: 5349 });
  assert.deepEqual(parseStunUri('stun:[2001:db8::1]:8000'), { scheme: 'stun', host: '2001:db8::1', port: 8000 });
  for (const text of ['stun://example.org', 'stun:', 'turn:example.org', 'stun:user@example.org', 'stun:example.org?transport=udp', 'stun:a:0', 'stun:a:70000', 'stun:::1']) {
    assert.equal(parseStunUri(text), undefined, text);
  }
});
