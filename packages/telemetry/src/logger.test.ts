import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger, type LoggerOptions } from './index.ts';

function collect(options: LoggerOptions = {}) {
  const lines: string[] = [];
  const logger = createLogger({ ...options, destination: { write: (line) => lines.push(line) } });
  return { logger, lines, objects: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

test('a line says when, how bad, which part, what, and the fields', () => {
  const { logger, objects } = collect();
  logger.child({ part: 'identity' }).warn({ callId: 'c1' }, 'The call ended.');
  logger.debug('not at this level');
  const [line, ...others] = objects();
  assert.deepEqual(others, []);
  assert.match(String(line?.['time']), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.deepEqual({ ...line, time: undefined }, { level: 'warn', time: undefined, part: 'identity', callId: 'c1', msg: 'The call ended.' });
});

test('fields that hold secrets are redacted wherever they stand, and nothing else is', () => {
  const { logger, objects, lines } = collect();
  const headers = { Authorization: 'HMAC-SHA256 something', 'x-ms-date': 'today' };
  logger.info({
    headers, accessKey: 'k1', accessToken: 'a', nested: { list: [{ sdp: 'v=0' }, { kept: 1 }], primary_key: 'k2' }, token: undefined, tokenId: 't1',
  }, 'x');
  const { time: _time, ...line } = objects()[0] ?? {};
  assert.deepEqual(line, {
    level: 'info', msg: 'x', accessKey: '[redacted]', headers: { Authorization: '[redacted]', 'x-ms-date': 'today' }, accessToken: '[redacted]',
    nested: { list: [{ sdp: '[redacted]' }, { kept: 1 }], primary_key: '[redacted]' }, tokenId: 't1',
  });
  assert.equal(headers.Authorization, 'HMAC-SHA256 something', 'the caller keeps its object');
  assert.doesNotMatch(lines.join(''), /k1|k2/);
});

test('secrets inside sentences, addresses and errors are redacted', () => {
  const { logger, lines } = collect();
  const token = `eyJ${'hbGciOiJFUzI1NiJ9'}.${'eyJza3lwZWlkIjoiYWNzOiJ9'}.${'c2lnbmF0dXJlc2lnbmF0dXJl'}`;
  logger.info(`got ${token} from endpoint=https://h;accesskey=c2VjcmV0c2VjcmV0c2VjcmV0==`);
  logger.info({ url: '/sign-in?code=abcdefgh12345678&x=1', offer: 'v=0\r\no=- 1 2 IN IP4 10.0.0.1\r\na=ice-pwd:verysecret\r\n', after: 'kept' }, 'x');
  logger.error({ err: new Error('refused', { cause: new Error(`Bearer ${token}`) }) }, 'x');
  logger.warn(`https://app.example/hook?x=1&sig=Zm9vYmFyYmF6cXV4%3D&y=2 answered; Digest username="ada", response="${'0123abcd'.repeat(4)}"; a=crypto:1 X inline:${'Q'.repeat(40)}|2^20`);
  const text = lines.join('');
  for (const secret of [token, 'c2VjcmV0', 'abcdefgh', 'verysecret', 'Zm9v', '0123abcd', 'QQQ']) assert.ok(!text.includes(secret), secret);
  assert.match(text, /accesskey=\[redacted\].*code=\[redacted\]&x=1.*"offer":"\[redacted\]","after":"kept".*refused/s);
  assert.match(text, /hook\?x=1&sig=\[redacted\]&y=2 answered; Digest username=\\"ada\\", response=\\"\[redacted\]\\"; a=crypto:1 X inline:\[redacted\]\|2\^20/);
  for (const line of lines) JSON.parse(line);
});

test('text lines show everything and let no control character through', () => {
  const { logger, lines } = collect({ format: 'text' });
  logger.child({ part: 'store' }).info({ bytes: 5, from: '\u001B[31mevil\n' }, 'Backed up.');
  logger.error({ err: new Error('disk') }, 'Failed.');
  assert.match(lines[0] ?? '', /^[\d:.]{12} {2}info {3}store {2}Backed up\. {2}bytes=5 from=\uFFFD\[31mevil\uFFFD\n$/);
  assert.match(lines[1] ?? '', /Failed\.\n {4}Error: disk\n {4} +at /);
});

test('circular and very deep fields do no harm', () => {
  const { logger, lines } = collect();
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  logger.info({ circular }, 'x');
  assert.equal(lines.length, 1);
});
