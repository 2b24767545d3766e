import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createLogger } from '@dialplane/telemetry';
import { openCertificateFiles } from './certificate-files.ts';
import { issueAuthority, issueServerCertificate, type IssuedPair } from './issue-certificate.ts';
import type { ServerCertificate } from './server-certificate.ts';

const authority = await issueAuthority('Test CA', Date.now());
const issue = (name: string): Promise<IssuedPair> => issueServerCertificate(authority, { dnsNames: [name], ipAddresses: [] }, Date.now());

async function setUp(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'dialplane-files-'));
  t.after(() => rm(folder, { recursive: true }));
  const files = { certificateFile: join(folder, 'chain.pem'), keyFile: join(folder, 'key.pem') };
  const write = async (pair: IssuedPair): Promise<void> => {
    await writeFile(files.certificateFile, pair.certificatePem);
    await writeFile(files.keyFile, pair.privateKeyPem);
  };
  const { promise: presented, resolve: present } = Promise.withResolvers<ServerCertificate>();
  const open = async () => {
    const source = await openCertificateFiles({ ...files, present, logger: createLogger({ level: 'silent' }), checkEveryMs: 20 });
    t.after(() => source.close());
    return source;
  };
  return { folder, files, write, open, presented };
}

test('a changed pair is used without being asked', async (t) => {
  const { write, open, presented } = await setUp(t);
  await write(await issue('first.example'));
  const source = await open();
  assert.equal(source.current().leaf.checkHost('first.example'), 'first.example');
  await write(await issue('second.example'));
  assert.equal((await presented).leaf.checkHost('second.example'), 'second.example');
  assert.equal(source.current(), await presented);
});

test('a pair behind symbolic links that are switched is noticed', async (t) => {
  const { folder, files, write, open, presented } = await setUp(t);
  await write(await issue('first.example'));
  const next = await issue('second.example');
  for (const [link, content] of [[files.certificateFile, next.certificatePem], [files.keyFile, next.privateKeyPem]] as const) {
    await rename(link, `${link}.1`);
    await writeFile(`${link}.2`, content);
    await symlink(`${link}.1`, link);
  }
  await open();
  for (const link of [files.certificateFile, files.keyFile]) {
    await symlink(`${link}.2`, join(folder, 'new'));
    await rename(join(folder, 'new'), link);
  }
  assert.equal((await presented).leaf.checkHost('second.example'), 'second.example');
});

test('a broken pair leaves the old one in use; the next good one is taken', async (t) => {
  const { files, write, open } = await setUp(t);
  await write(await issue('first.example'));
  const source = await open();
  const before = source.current();
  await writeFile(files.certificateFile, (await issue('second.example')).certificatePem);
  await source.reload();
  assert.equal(source.current(), before, 'the certificate does not belong to the key');
  await writeFile(files.keyFile, 'rubbish');
  await source.reload();
  assert.equal(source.current(), before);
  await rm(files.keyFile);
  await source.reload();
  assert.equal(source.current(), before);
  await write(await issue('third.example'));
  await source.reload();
  assert.equal(source.current().leaf.checkHost('third.example'), 'third.example');
});

test('at the start a pair that cannot be used is a failure that names it', async (t) => {
  const { files, write, open } = await setUp(t);
  await assert.rejects(open(), { code: 'CERTIFICATE_UNREADABLE', message: /chain\.pem/ });
  await write({ ...(await issue('first.example')), privateKeyPem: (await issue('other.example')).privateKeyPem });
  await assert.rejects(open(), { code: 'CERTIFICATE_MISMATCH' });
  await writeFile(files.certificateFile, 'rubbish');
  await assert.rejects(open(), { code: 'CERTIFICATE_UNREADABLE' });
});
