import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SipHeaders, telephoneNumberOf, type Uri } from '@dialplane/sip';
import { readRedirections, redirectionHeaders } from './redirections.ts';

const numberOf = (uri: Uri) => (uri.kind === 'sip' || uri.kind === 'tel' ? telephoneNumberOf(uri)?.digits : undefined);
const read = (...lines: ReadonlyArray<readonly [name: string, value: string]>) => {
  const headers = new SipHeaders();
  for (const [name, value] of lines) headers.add(name, value);
  return readRedirections(headers, numberOf);
};

test('Diversion is read latest first, words and all; who hides stays hidden', () => {
  assert.deepEqual(read(['Diversion', '<sip:+12025550102@a.test>;reason=no-answer;counter=1, <tel:+12025550101>;reason=follow-me;privacy=full, <sip:nobody@a.test>']), [
    { by: '4:anonymous', reason: 'unconditional' }, { by: '4:+12025550102', reason: 'noAnswer' },
  ]);
});

test('History-Info: each target but the last has sent the call on; devices of one target do not count', () => {
  assert.deepEqual(read(['History-Info', [
    '<sip:+12025550101@a.test?Reason=SIP%3Bcause%3D486>;index=1', '<sip:+12025550102@a.test>;index=1.1;mp=1', '<sip:+12025550102@192.0.2.7>;index=1.1.1;rc=1.1', '<sip:+12025550103@a.test;cause=408>;index=1.2;mp=1.1',
  ].join(', ')]), [{ by: '4:+12025550101', reason: 'busy' }, { by: '4:+12025550102', reason: 'noAnswer' }]);
  assert.deepEqual(read(['History-Info', '<sip:+12025550101@a.test>;index=1']), []);
  assert.deepEqual(read(['Subject', 'nothing']), []);
});

test('what is written is read again, in either way', () => {
  const redirections = [{ by: '4:+12025550101', reason: 'busy' }, { by: '4:anonymous', reason: 'deflection' }, { by: '4:+12025550103', reason: 'unknown' }] as const;
  const written = (way: 'diversion' | 'historyInfo' | 'both' | 'none') => redirectionHeaders(redirections, way, 'sip:+12025550104@a.test', (number) => `sip:${number}@here.test;user=phone`);
  assert.deepEqual(written('historyInfo').map(([, value]) => value), [
    '<sip:+12025550101@here.test;user=phone>;index=1', '<sip:anonymous@anonymous.invalid;cause=486?Privacy=history>;index=1.1;mp=1', '<sip:+12025550103@here.test;user=phone;cause=480>;index=1.1.1;mp=1.1',
    '<sip:+12025550104@a.test;cause=404>;index=1.1.1.1;mp=1.1.1',
  ]);
  assert.equal(written('diversion')[0]?.[1], '<sip:+12025550103@here.test;user=phone>;reason=unknown;counter=1;privacy=off');
  for (const way of ['diversion', 'historyInfo', 'both'] as const) assert.deepEqual(read(...written(way)), redirections);
  assert.deepEqual(written('none'), []);
  assert.match(redirectionHeaders([{ by: '8:acs:r1_bob', reason: 'busy' }], 'diversion', 'sip:+12025550104@a.test', () => '')[0]?.[1] ?? '', /^<sip:anonymous@anonymous.invalid>;reason=user-busy;counter=1;privacy=full$/);
});
