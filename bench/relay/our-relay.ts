/** Our relay alone in a process: `our-relay.ts HOST FOLDER`. It knows the names that the generator uses and prints where it listens. */
import { join } from 'node:path';
import { startRelayPlane } from '@dialplane/relay';
import { createLogger } from '@dialplane/telemetry';
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
console.log(`listening on ${plane.ports[0]} (${plane.udpImplementation})`);
process.once('SIGTERM', () => void plane.close());
