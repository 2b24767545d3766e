/**
 * Drives the unmodified `@azure/communication-identity` against the connection string it is given, and prints what every call
 * came to as one JSON line. A process of its own, because a private authority is trusted by environment (NODE_EXTRA_CA_CERTS).
 */
import { argv, stdout } from 'node:process';
import { AzureCommunicationTokenCredential } from '@azure/communication-common';
import { CommunicationIdentityClient, type TokenScope } from '@azure/communication-identity';

const client = new CommunicationIdentityClient(argv[2] ?? '', { allowInsecureConnection: argv[3] === 'insecure' });

async function outcome(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    const { statusCode, code, message } = error as { readonly statusCode?: number; readonly code?: string; readonly message: string };
    return { statusCode, code, message };
  }
}

const user = await client.createUser();
const both = await client.createUserAndToken(['voip', 'chat'], { tokenExpiresInMinutes: 60 });
const token = await client.getToken(user, ['voip.join']);
const credential = new AzureCommunicationTokenCredential(token.token);
const { expiresOnTimestamp } = await credential.getToken();
credential.dispose();
let requestId: string | undefined;
let clientRequestId: string | undefined;
const revoked = await outcome(() => client.revokeTokens(both.user, { onResponse: (response) => {
  requestId = response.headers.get('x-ms-request-id');
  clientRequestId = response.headers.get('x-ms-client-request-id') === response.request.requestId ? 'echoed' : 'lost';
} }));
const results = {
  user, both, token, expiresOnTimestamp, revoked, requestId, clientRequestId,
  tooShort: await outcome(() => client.getToken(user, ['voip'], { tokenExpiresInMinutes: 30 })),
  tooLong: await outcome(() => client.createUserAndToken(['voip'], { tokenExpiresInMinutes: 1441 })),
  noScopes: await outcome(() => client.getToken(user, [])),
  wrongScope: await outcome(() => client.getToken(user, ['everything' as TokenScope])),
  unknownUser: await outcome(() => client.getToken({ communicationUserId: `${user.communicationUserId.slice(0, -12)}000000000000` }, ['voip'])),
  foreignUser: await outcome(() => client.revokeTokens({ communicationUserId: '8:acs:1b5cc06b-f352-4571-b1e6-d9b259b7c776_00000001-1234' })),
  deleted: await outcome(() => client.deleteUser(user)),
  deletedTwice: await outcome(() => client.deleteUser(user)),
  teams: await outcome(() => client.getTokenForTeamsUser({ teamsUserAadToken: 'a', clientId: 'c', userObjectId: 'o' })),
};
stdout.write(`${JSON.stringify(results)}\n`);
