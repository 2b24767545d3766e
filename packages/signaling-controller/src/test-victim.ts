/** A server with a connected call, for a test that kills it. Prints where and which, then waits. */
import { connectedCall, TestServer } from './test-server.ts';

const server = await TestServer.start();
const { alice, bob, callId } = await connectedCall(server);
const facts = { dataDir: server.dataDir, callId, aliceToken: alice.token, endpointId: alice.endpointId, alice: alice.identifier, bob: bob.identifier };
process.stdout.write(`${JSON.stringify(facts)}\n`);
