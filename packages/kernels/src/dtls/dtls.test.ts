import assert from 'node:assert/strict';
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { nativeTest } from '../test-kernels.ts';
import { keyingMaterialBytes, srtpProfile } from '../srtp/srtp-profile.ts';
import { sameFingerprint } from './same-fingerprint.ts';
import { makeCertificate, openDtls, type Path, TestDtlsLine, type TestCertificate } from './test-dtls.ts';

function openPair({ client = makeCertificate(), server = makeCertificate() }: { readonly client?: TestCertificate; readonly server?: TestCertificate } = {}) {
  const dtls = openDtls();
  const identities = { client: dtls.openIdentity(client.certificate, client.privateKey), server: dtls.openIdentity(server.certificate, server.privateKey) };
  const line = (path?: Path): TestDtlsLine => new TestDtlsLine(identities.client.openAssociation('client'), identities.server.openAssociation('server'), path);
  return { identities, line };
}

nativeTest('dtls', 'two ends agree on keys, and each knows whose certificate it saw', () => {
  const certificate = makeCertificate();
  const { identities, line } = openPair({ server: certificate });
  const open = line().run();
  const { client, server } = open.assertAgreed();
  assert.equal(client.profile, srtpProfile.aeadAes256Gcm);
  assert.equal(client.keyingMaterial.length, keyingMaterialBytes(client.profile));
  assert.ok(sameFingerprint(identities.server.fingerprint, client.peerFingerprint));
  assert.ok(sameFingerprint(identities.client.fingerprint, server.peerFingerprint));
  assert.ok(!sameFingerprint(identities.server.fingerprint, server.peerFingerprint));
  assert.ok(!sameFingerprint(identities.server.fingerprint.subarray(1), client.peerFingerprint));
  assert.deepEqual(Buffer.from(identities.server.fingerprint), createHash('sha256').update(new X509Certificate(certificate.certificate).raw).digest());
  assert.deepEqual([open.client.last.timeoutMs, open.server.last.timeoutMs], [undefined, undefined]);
  open.destroy();
});

nativeTest('dtls', '200 handshakes over one identity have 200 keys', () => {
  const { line } = openPair();
  const keys = new Set<string>();
  for (let count = 0; count < 200; count += 1) {
    const open = line().run();
    keys.add(Buffer.from(open.assertAgreed().client.keyingMaterial).toString('hex'));
    open.destroy();
  }
  assert.equal(keys.size, 200);
});

nativeTest('dtls', 'certificates with RSA keys, and large ones, are taken', () => {
  const { line } = openPair({ client: makeCertificate(['rsa:4096']), server: makeCertificate(['rsa:2048']) });
  const open = line().run();
  open.assertAgreed();
  open.destroy();
});

nativeTest('dtls', 'datagrams that come twice and in the wrong order end in the same handshake', () => {
  const { line } = openPair();
  const open = line((datagrams) => [...datagrams.toReversed(), ...datagrams]).run();
  open.assertAgreed();
  open.destroy();
});

nativeTest('dtls', 'lost flights are sent again, each end by its own timer', async () => {
  const { line } = openPair();
  for (const lost of [0, 1, 2, 3, 4, 5, 6]) {
    let carried = 0;
    const open = line((datagrams) => datagrams.filter(() => (carried += 1) !== lost + 1)).run();
    for (let timeouts = 0; timeouts < 3 && !open.isConnected; timeouts += 1) {
      await open.fireTimeout();
      open.run();
    }
    open.assertAgreed();
    open.destroy();
  }
});

nativeTest('dtls', 'a timer that is fired early sends nothing', () => {
  const { line } = openPair();
  const open = line(() => []);
  assert.ok((open.client.last.timeoutMs ?? 0) > 0);
  assert.deepEqual(open.client.association.handleTimeout().datagrams, []);
  open.destroy();
});

nativeTest('dtls', 'rubbish between the flights is dropped', () => {
  const { line } = openPair();
  const open = line((datagrams) => datagrams.flatMap((datagram) => {
    const cut = datagram.slice(0, datagram.length - 3);
    const otherEpoch = datagram.slice();
    otherEpoch[4] = 9;
    return [randomBytes(80), new Uint8Array(), cut, otherEpoch, Buffer.from([22, 254, 253]), datagram];
  })).run();
  open.assertAgreed();
  for (const { association } of [open.client, open.server]) {
    for (let count = 0; count < 200; count += 1) {
      const rubbish = randomBytes(1 + count * 7);
      rubbish[0] = 20 + (count % 5);
      const step = association.feed(rubbish);
      assert.equal(step.state.kind, 'connected');
      assert.deepEqual(step.datagrams, []);
    }
  }
  open.destroy();
});

nativeTest('dtls', 'a goodbye is told, and what comes after it is ignored', () => {
  const { line } = openPair();
  const open = line().run();
  const { datagrams, state } = open.client.association.close();
  assert.equal(state.kind, 'closed');
  assert.equal(datagrams.length, 1);
  assert.equal(open.server.association.feed(datagrams[0] ?? new Uint8Array()).state.kind, 'closed');
  assert.deepEqual(open.server.association.feed(randomBytes(100)), { datagrams: [], state: { kind: 'closed' }, timeoutMs: undefined });
  assert.deepEqual(open.server.association.close().datagrams, []);
  open.destroy();
});

nativeTest('dtls', 'what was destroyed throws, and what cannot be an identity says why', () => {
  const { line } = openPair();
  const open = line();
  open.destroy();
  assert.throws(() => open.client.association.feed(new Uint8Array(20)), /was destroyed/);
  const [one, other] = [makeCertificate(), makeCertificate()];
  const dtls = openDtls();
  assert.throws(() => dtls.openIdentity('rubbish', one.privateKey), /cannot be used: certificate: no start line/);
  assert.throws(() => dtls.openIdentity(one.certificate, 'rubbish'), /cannot be used: private key: /);
  assert.throws(() => dtls.openIdentity(one.certificate, other.privateKey), /key values mismatch/);
});

nativeTest('dtls', 'a handshake message that claims to be huge fails the handshake, and holds no memory', () => {
  const { identities } = openPair();
  const server = identities.server.openAssociation('server');
  server.start();
  // A ClientHello of 16 MB of which the first 100 bytes came (RFC 6347 §4.2.2).
  const record = Buffer.alloc(13 + 12 + 100);
  record.set([22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 112, 1, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 100]);
  assert.equal(server.feed(record).state.kind, 'failed');
  server.destroy();
});
