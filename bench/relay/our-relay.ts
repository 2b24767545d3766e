/** Our relay alone in a process: `our-relay.ts HOST FOLDER`. It knows the names that the generator uses and prints where it listens. TLS ends in the main thread, as in a server, which hands over what it decrypted. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { startRelayPlane } from '@dialplane/relay';
import { createLogger } from '@dialplane/telemetry';
import { makeCertificate } from '../certificate.ts';
import { loadCredentials } from './generator.ts';

const [host = '', folder = ''] = process.argv.slice(2);
const unlimited = 1e12;

const plane = await startRelayPlane({
  listenAddresses: [host],
  ports: [0],
  secret: loadCredentials.secret,
  realm: 'bench.example',
  countersPath: join(folder, 'counters'),
  // Both ends of the load are on this machine, whatever kind of address that has.
  peers: { laboratory: [`${host}/32`] },
  limits: {
    allocationsPerUser: unlimited,
    allocationsPerResource: unlimited,
    bytesPerSecondPerUser: unlimited,
    bytesPerSecondPerResource: unlimited,
    challengesPerSecond: unlimited,
    streamsPerAddress: unlimited,
  },
  logger: createLogger({ level: 'warn' }),
  onUsage: () => Promise.resolve(),
});
for (let index = 0; index < loadCredentials.users; index += 1) {
  plane.admit({ credentialId: `load-${index}`, resourceId: 'bench', userId: `user-${index}`, expiresAt: loadCredentials.expirySeconds * 1000 });
}
const { certificate, privateKey } = makeCertificate(folder, 'ours');
const front = createServer({ key: privateKey, cert: certificate, noDelay: true }, (stream) => plane.takeStream({ stream, remoteAddress: stream.remoteAddress ?? '', remotePort: stream.remotePort ?? 0 }));
front.listen(0, host);
await once(front, 'listening');
console.log(`listening on ${plane.ports[0]} (${plane.udpImplementation}), with TLS on ${(front.address() as AddressInfo).port}`);
process.once('SIGTERM', () => {
  front.close();
  void plane.close();
});
