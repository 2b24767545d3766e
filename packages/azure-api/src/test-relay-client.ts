/**
 * Drives the unmodified `@azure/communication-network-traversal` against the connection string it is given, and prints what every call came to as one JSON line. A
 * process of its own, because a private authority is trusted by environment (NODE_EXTRA_CA_CERTS).
 */
import { argv, stdout } from 'node:process';
import { CommunicationRelayClient } from '@azure/communication-network-traversal';

const [, , connectionString = '', userId = ''] = argv;
const client = new CommunicationRelayClient(connectionString);

async function outcome(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    const { statusCode, code, message } = error as { readonly statusCode?: number; readonly code?: string; readonly message: string };
    return { statusCode, code, message };
  }
}

const results = {
  anonymous: await outcome(() => client.getRelayConfiguration()),
  ofUser: await outcome(() => client.getRelayConfiguration({ id: userId, routeType: 'nearest', ttl: 3600 })),
  again: await outcome(() => client.getRelayConfiguration({ id: userId, routeType: 'nearest', ttl: 3600 })),
  tooLong: await outcome(() => client.getRelayConfiguration({ id: userId, ttl: 172_801 })),
  tooShort: await outcome(() => client.getRelayConfiguration({ id: userId, ttl: 0 })),
  wrongRoute: await outcome(() => client.getRelayConfiguration({ id: userId, routeType: 'shortest' as 'any' })),
  foreignUser: await outcome(() => client.getRelayConfiguration({ id: '8:acs:1b5cc06b-f352-4571-b1e6-d9b259b7c776_00000001-1234' })),
  unknownUser: await outcome(() => client.getRelayConfiguration({ id: `${userId.slice(0, -12)}000000000000` })),
};
stdout.write(`${JSON.stringify(results)}\n`);
