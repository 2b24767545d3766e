/** Handshakes over a line that alters datagrams: no end fails in another way than saying so, and a line that gets well again ends in the same keys. */
import fc from 'fast-check';
import { nativeTest } from '../test-kernels.ts';
import { makeCertificate, openDtls, TestDtlsLine } from './test-dtls.ts';

const fate = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('carried' as const), at: fc.nat({ max: 0 }), value: fc.nat({ max: 0 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('doubled' as const), at: fc.nat({ max: 0 }), value: fc.nat({ max: 0 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('flipped' as const), at: fc.nat({ max: 1200 }), value: fc.integer({ min: 1, max: 255 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('set' as const), at: fc.nat({ max: 40 }), value: fc.constantFrom(0, 1, 0x7f, 0x80, 0xff) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cut' as const), at: fc.nat({ max: 1200 }), value: fc.nat({ max: 0 }) }) },
);
type Fate = typeof fate extends fc.Arbitrary<infer Value> ? Value : never;

function arriving(datagram: Uint8Array, { kind, at, value }: Fate): readonly Uint8Array[] {
  const altered = datagram.slice();
  switch (kind) {
    case 'carried':
      return [datagram];
    case 'doubled':
      return [datagram, datagram];
    case 'cut':
      return [altered.subarray(0, at)];
    default:
      if (at < altered.length) altered[at] = kind === 'set' ? value : (altered[at] ?? 0) ^ value;
      return [altered];
  }
}

nativeTest('dtls', 'altered handshakes end somehow, and both ends agree where they end well', () => {
  const [client, server] = [makeCertificate(), makeCertificate()];
  const dtls = openDtls();
  const identities = [dtls.openIdentity(client.certificate, client.privateKey), dtls.openIdentity(server.certificate, server.privateKey)] as const;
  fc.assert(fc.property(fc.array(fate, { minLength: 1, maxLength: 12 }), (fates) => {
    let carried = 0;
    const path = (datagrams: readonly Uint8Array[]): readonly Uint8Array[] => datagrams.flatMap((datagram) => {
      const next = fates[carried];
      carried += 1;
      return next === undefined ? [datagram] : arriving(datagram, next);
    });
    const line = new TestDtlsLine(identities[0].openAssociation('client'), identities[1].openAssociation('server'), path).run();
    if (line.isConnected) line.assertAgreed();
    line.destroy();
  }), { numRuns: 2 * Number(process.env['PROPERTY_RUNS'] ?? 200) });
});
