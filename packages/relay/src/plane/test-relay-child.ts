/** A relay in a process of its own, to be killed: `node test-relay-child.ts FOLDER`. Says its port on standard output. */
import { TestRelayPlane } from '../test-relay-plane.ts';

const relay = await TestRelayPlane.start({}, process.argv[2], () => new Promise(() => {}));
relay.admit({ credentialId: 'c1', expiresAt: 4_000_000_000_000 });
console.log(relay.port);
