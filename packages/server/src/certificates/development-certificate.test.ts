import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { createLogger } from '@dialplane/telemetry';
import { openDevelopmentCertificate } from './development-certificate.ts';
import { issueServerCertificate } from './issue-certificate.ts';
import { localNames } from './local-names.ts';
import { coversNames, isDueForRenewal, serverCertificate, type ServerCertificate, type SubjectNames } from './server-certificate.ts';

const run = promisify(execFile);
const names: SubjectNames = { dnsNames: ['localhost', 'calls.example.com'], ipAddresses: ['127.0.0.1', '::1', '192.0.2.7', '2001:db8::7'] };

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dialplane-certificates-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

async function open(t: TestContext, directory: string, askedNames: () => SubjectNames = () => names) {
  const presented: ServerCertificate[] = [];
  const source = await openDevelopmentCertificate({ directory, names: askedNames, present: (certificate) => presented.push(certificate), logger: createLogger({ level: 'silent' }) });
  t.after(() => source.close());
  return { source, presented };
}

test('the CA signs a certificate for every name, which OpenSSL verifies', async (t) => {
  const directory = await temporaryFolder(t);
  const { source } = await open(t, directory);
  const leafFile = join(directory, 'leaf.pem');
  await writeFile(leafFile, source.current().certificatePem);
  for (const check of [['-verify_hostname', 'calls.example.com'], ['-verify_ip', '192.0.2.7'], ['-verify_ip', '2001:db8::7']]) {
    const { stdout } = await run('openssl', ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', source.authority.path, ...check, leafFile]);
    assert.match(stdout, /OK/);
  }
  await assert.rejects(run('openssl', ['verify', '-CAfile', source.authority.path, '-verify_ip', '192.0.2.8', leafFile]));
});

test('CA and certificate say what they may be used for', async (t) => {
  const { source } = await open(t, await temporaryFolder(t));
  const { stdout: authority } = await run('openssl', ['x509', '-in', source.authority.path, '-noout', '-text']);
  assert.match(authority, /CA:TRUE, pathlen:0/);
  assert.match(authority, /Key Usage: critical\s+Certificate Sign, CRL Sign/);
  const { leaf } = source.current();
  assert.equal(leaf.ca, false);
  assert.deepEqual(leaf.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  const days = (Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)) / 86_400_000;
  assert.ok(days <= 397.01, `${days} days`);
});

test('keys are readable by their owner only', async (t) => {
  const directory = await temporaryFolder(t);
  await open(t, join(directory, 'tls'));
  assert.equal((await stat(join(directory, 'tls'))).mode & 0o777, 0o700);
  for (const file of ['development-ca-key.pem', 'development-server.pem']) assert.equal((await stat(join(directory, 'tls', file))).mode & 0o777, 0o600, file);
});

test('a second start uses the same CA and the same certificate', async (t) => {
  const directory = await temporaryFolder(t);
  const first = await open(t, directory);
  const second = await open(t, directory);
  assert.equal(second.source.authority.certificatePem.trim(), first.source.authority.certificatePem.trim());
  assert.equal(second.source.current().leaf.fingerprint256, first.source.current().leaf.fingerprint256);
});

test('a new address of the machine brings a new certificate while the server runs', async (t) => {
  let machine: SubjectNames = names;
  const { source, presented } = await open(t, await temporaryFolder(t), () => machine);
  await source.reload();
  assert.equal(presented.length, 0, 'nothing changed, nothing is renewed');
  machine = { ...names, ipAddresses: [...names.ipAddresses, '198.51.100.4'] };
  await Promise.all([source.reload(), source.reload()]);
  assert.equal(presented.length, 1);
  assert.equal(presented[0]?.leaf.checkIP('198.51.100.4'), '198.51.100.4');
  assert.equal(source.current(), presented[0]);
});

test('a certificate with a third of its life left, or of another CA, is replaced at the next start', async (t) => {
  const directory = await temporaryFolder(t);
  const { source } = await open(t, directory);
  const authority = { certificatePem: source.authority.certificatePem, privateKeyPem: await readFile(join(directory, 'development-ca-key.pem'), 'utf8') };
  const old = await issueServerCertificate(authority, names, Date.now() - 300 * 86_400_000);
  assert.ok(isDueForRenewal(serverCertificate('development', old.certificatePem, old.privateKeyPem, 'old'), Date.now()));
  await writeFile(join(directory, 'development-server.pem'), `${old.privateKeyPem}\n${old.certificatePem}\n`);
  const renewed = (await open(t, directory)).source.current();
  assert.notEqual(renewed.leaf.serialNumber, new X509Certificate(old.certificatePem).serialNumber);
  assert.ok(!isDueForRenewal(renewed, Date.now()));

  await rm(join(directory, 'development-ca-key.pem'));
  const next = (await open(t, directory)).source;
  assert.notEqual(next.authority.certificatePem, source.authority.certificatePem);
  assert.ok(next.current().leaf.verify(next.authority.certificate.publicKey));
});

test('the names are those of the machine and of the operator, without link-local addresses', () => {
  const address = (text: string, family: 'IPv4' | 'IPv6') => ({ address: text, family, netmask: '', mac: '', internal: false, cidr: null, scopeid: 0 });
  const found = localNames(['calls.example.com', '203.0.113.9'], {
    hostname: () => 'Desk-1',
    networkInterfaces: () => ({ eth0: [address('192.0.2.2', 'IPv4'), address('fd00::2', 'IPv6'), address('fe80::1', 'IPv6')] as never }),
  });
  assert.deepEqual(found, {
    dnsNames: ['calls.example.com', 'desk-1', 'desk-1.local', 'localhost'],
    ipAddresses: ['127.0.0.1', '192.0.2.2', '203.0.113.9', '::1', 'fd00::2'],
  });
});

test('a certificate covers names only when it covers all of them', async (t) => {
  const { source } = await open(t, await temporaryFolder(t));
  assert.ok(coversNames(source.current(), names));
  assert.ok(!coversNames(source.current(), { dnsNames: ['localhost', 'other.example.com'], ipAddresses: [] }));
});
