import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { createLogger } from '@dialplane/telemetry';
import { freePort, missingOf, skipWithout } from '@dialplane/testing';
import { startTestServer, temporaryFolder } from '../test-server.ts';
import { createTlsPort } from '../web/tls-port.ts';
import { acmeRetryDelayMs, openAcmeCertificate } from './acme-certificate.ts';
import { isAcmeValidation } from './acme-hello.ts';
import { openDevelopmentCertificate } from './development-certificate.ts';
import type { CertificateSource, ServerCertificate } from './server-certificate.ts';
import { startPebble } from './test-pebble.ts';

const skip = skipWithout(missingOf('pebble'));

test('a certificate is issued by ACME over the TLS port alone, stored, and used again', { skip }, async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'dialplane-acme-'));
  const http1 = createServer((_request, response) => response.end('ok'));
  await once(http1.listen(0, '127.0.0.1'), 'listening');
  const fallback = await openDevelopmentCertificate({ directory, names: () => ({ dnsNames: ['localhost'], ipAddresses: [] }), present: () => undefined, logger: createLogger({ level: 'silent' }) });
  const tlsPort = createTlsPort({ certificate: fallback.current(), handleHttp2: (_request, response) => response.end('ok'), http1 });
  const port = await tlsPort.listen(0, '127.0.0.1');
  const pebble = await startPebble(port);
  const sources: CertificateSource[] = [fallback];
  t.after(async () => {
    sources.forEach((source) => source.close());
    tlsPort.destroyConnections();
    await Promise.all([tlsPort.close(), pebble.stop()]);
    http1.close();
    await rm(directory, { recursive: true });
  });
  const presented: ServerCertificate[] = [];
  const options = {
    domain: 'calls.example.com', directoryUrl: pebble.directoryUrl, email: 'ops@example.com', directory, fallback, logger: createLogger({ level: 'silent' }),
    answerChallenge: tlsPort.answerChallenge,
    present: (certificate: ServerCertificate) => {
      presented.push(certificate);
      tlsPort.present(certificate);
    },
  };

  const source = await openAcmeCertificate(options);
  sources.push(source);
  assert.equal(source.current().kind, 'development', 'until it is issued, the development certificate is served');
  await source.reload();
  assert.equal(presented.length, 1, pebble.log.join('\n'));
  const socket = connect({ port, host: '127.0.0.1', servername: 'calls.example.com', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const seen = socket.getPeerX509Certificate();
  assert.match(String(seen?.issuer), /Pebble/);
  assert.equal(seen?.checkHost('calls.example.com'), 'calls.example.com');
  socket.destroy();

  for (const name of (await readdir(directory)).filter((entry) => entry.startsWith('acme-'))) assert.equal((await stat(join(directory, name))).mode & 0o777, 0o600, name);
  const again = await openAcmeCertificate(options);
  sources.push(again);
  assert.equal(again.current().leaf.fingerprint256, presented[0]?.leaf.fingerprint256);
  await again.reload();
  assert.equal(presented.length, 1, 'a certificate with most of its life left is not asked for again');
});

test('a server with a domain gets its certificate and keeps it over a restart', { skip }, async (t) => {
  const httpsPort = await freePort();
  const pebble = await startPebble(httpsPort);
  t.after(() => pebble.stop());
  const options = { dataDir: join(await temporaryFolder(t), 'data'), httpsPort, domain: 'calls.example.com', acmeDirectory: pebble.directoryUrl };
  const issuers: string[] = [];
  const look = async (): Promise<void> => {
    const socket = connect({ port: httpsPort, host: 'localhost', servername: 'calls.example.com', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    issuers.push(String(socket.getPeerX509Certificate()?.issuer));
    socket.destroy();
  };
  const server = await startTestServer(t, options);
  assert.equal(server.publicUrls[0], `https://calls.example.com:${httpsPort}`);
  await server.reloadCertificates();
  await look();
  await server.close();
  await pebble.stop();
  await startTestServer(t, options);
  await look();
  assert.ok(issuers.length === 2 && issuers.every((issuer) => issuer.includes('Pebble')), issuers.join('\n'));
});

test('a certificate authority that cannot be reached leaves the fallback in use', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'dialplane-acme-'));
  const fallback = await openDevelopmentCertificate({ directory, names: () => ({ dnsNames: ['localhost'], ipAddresses: [] }), present: () => undefined, logger: createLogger({ level: 'silent' }) });
  const refusing = createServer((_request, response) => response.writeHead(404).end());
  await once(refusing.listen(0, '127.0.0.1'), 'listening');
  const address = refusing.address();
  assert.ok(typeof address === 'object' && address !== null);
  const answers: (ServerCertificate | undefined)[] = [];
  const source = await openAcmeCertificate({
    domain: 'calls.example.com', directoryUrl: `http://127.0.0.1:${address.port}/dir`, directory, fallback, logger: createLogger({ level: 'silent' }),
    answerChallenge: (certificate) => answers.push(certificate), present: () => assert.fail('nothing was issued'),
  });
  t.after(async () => {
    source.close();
    fallback.close();
    refusing.close();
    await rm(directory, { recursive: true });
  });
  await source.reload();
  assert.equal(source.current().kind, 'development');
  assert.deepEqual(answers, [undefined], 'no challenge is left open');
});

test('retries slow down from minutes to half a day', () => {
  assert.deepEqual([1, 2, 3, 8, 50].map(acmeRetryDelayMs), [300_000, 600_000, 1_200_000, 38_400_000, 43_200_000]);
});

test('only a complete hello that offers acme-tls/1 alone is a validation', () => {
  const hello = (extension: string): Buffer => {
    const body = Buffer.from(extension, 'latin1');
    return Buffer.concat([Buffer.from([0x16, 3, 1, body.length >> 8, body.length & 0xff]), body]);
  };
  const validation = hello('....\x00\x10\x00\x0d\x00\x0b\x0aacme-tls/1....');
  assert.equal(isAcmeValidation(validation), true);
  for (let length = 0; length < validation.length; length += 1) assert.equal(isAcmeValidation(validation.subarray(0, length)), undefined);
  assert.equal(isAcmeValidation(hello('\x00\x10\x00\x0e\x00\x0c\x02h2\x08http/1.1')), false);
  assert.equal(isAcmeValidation(Buffer.from('GET / HTTP/1.1')), false);
  assert.equal(isAcmeValidation(Buffer.from([0x16, 3, 1, 0xff, 0xff])), false);
});
